"""From the county's master secret to one key per Box, epoch and direction.

The master never leaves the county; a Box knows its own root and derives the rest.
"""

import hashlib

from protocol import cbor
from protocol.hkdf import hkdf_sha256

EPOCHS_AHEAD = 8  # how far above the last known epoch the county looks


def realm(root_public_key):
    """Return the 8 bytes that tell one county's frames from another's."""
    return hashlib.sha256(root_public_key).digest()[:8]


def box_root(master, county_realm, address, issue):
    """Return the 32-byte secret of one Box; issue rises at every provisioning."""
    info = cbor.sequence(("fengsui/1", county_realm, address, issue))
    return hkdf_sha256(master, info, 32)


def traffic_key(root, epoch, purpose):
    """Return the 16-byte AES key of purpose "up", "down", "local-up" or "local-down"."""
    return hkdf_sha256(root, cbor.sequence((epoch, purpose)), 16)
