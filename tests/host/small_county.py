"""A county for tests: real keys, weakly encrypted so that opening them takes no time."""

from host_tools import provision
from host_tools.keys import store

GATEWAY = "the gateway's words"
SIGNING = "the signer's words"
CHEAP = 1 << 10  # scrypt's N
ADDRESS = 4660
IMEI = "300234010000001"
UNIQUE_ID = "0011223344556677"


def make(folder):
    """Make the county in folder; return what is public of it."""
    return store.init(folder, GATEWAY, SIGNING, CHEAP)


def signer(county, name="live"):
    return store.load_signing(county, name, SIGNING)


def provisioned(county, box, **more):
    """Provision a Box with usual values, or with more; return its record."""
    values = {"address": ADDRESS, "name": "村口", "unique_id": UNIQUE_ID, **more}
    return provision.provision(county, box, master=store.load_master(county, GATEWAY), **values)
