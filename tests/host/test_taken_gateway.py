"""Somebody has the gateway's disk, memory and master: no frame of theirs is believed."""

import ast
import contextlib
import os
from pathlib import Path

import pytest

from host_tools import crypto, orders
from host_tools.gateway import database
from host_tools.gateway_link import Link
from host_tools.keys import encrypted_file, store
from host_tools.problems import REFUSED, Problem
from protocol import frame, keys, messages, proof
from protocol.schema import DOWN
from tests.host import small_county
from tests.host.processes import ROOT, running
from tests.host.small_county import ADDRESS, GATEWAY, IMEI, SIGNING


@pytest.fixture
def county(tmp_path):
    small_county.make(tmp_path / "county")
    return tmp_path / "county"


# Runs `fengsui` and writes every path it opens into $OPENED.
WATCHED = """
import os, sys
log = open(os.environ["OPENED"], "w", buffering=1)
def note(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, os.PathLike)):
        log.write(os.path.abspath(arguments[0]) + "\\n")
sys.addaudithook(note)
from host_tools.cli import main
main()
"""


@pytest.fixture
def opened(tmp_path):
    return tmp_path / "opened.txt"


@pytest.fixture
def taken(county, tmp_path, opened):
    """A gateway process at work, with an order in its hands; it notes every file it opens."""
    engine = database.open_engine(tmp_path / "county.db")
    database.register_box(engine, small_county.provisioned(county, tmp_path / "box", imei=IMEI))
    engine.dispose()
    options = ("--county", county, "--db", tmp_path / "county.db", "--udp", 0, "--mo", 0,
               "--mt", "127.0.0.1:9", "--http", 0)  # fmt: skip
    environment = {"FENGSUI_GATEWAY_PASSPHRASE": GATEWAY, "OPENED": str(opened)}
    with running("gateway", *options, environment=environment, program=WATCHED) as process:
        with Link(process.url) as link:
            link.submit(signed_notice(county))
        yield process


def test_the_gateway_opens_nothing_of_the_signers(taken, county, opened):
    files = opened.read_text().splitlines()
    assert str(county / "gateway" / "master.key") in files
    assert str(county / "public.json") in files
    for name in Path(f"/proc/{taken.pid}/fd").glob("*"):
        with contextlib.suppress(FileNotFoundError):  # closed in the meantime
            files.append(os.readlink(name))
    assert not [name for name in files if str(county / "signing") in name]


def test_a_forged_order_is_refused_by_the_gateway_already(taken, county):
    forged = bytearray(signed_notice(county))
    forged[-70] ^= 1
    with Link(taken.url) as link, pytest.raises(Problem) as caught:
        link.submit(bytes(forged))
    assert caught.value.exit_code == REFUSED


def test_its_memory_and_its_disk_hold_no_signing_key(taken, county, tmp_path):
    private = [private_key(county, name) for name in ("root", "next", "live", "drill")]
    secrets = private + [key.hex().encode() for key in private] + [SIGNING.encode()]
    places = {"memory": memory_of(taken.pid)}
    for file in [*tmp_path.glob("county.db*"), *county.glob("*"), *county.glob("gateway/*")]:
        if file.is_file():
            places[file.name] = file.read_bytes()
    assert store.load_master(county, GATEWAY) in places["memory"]  # so it was really read
    for place, content in places.items():
        for secret in secrets:
            assert secret not in content, place


def test_no_code_of_the_gateway_names_the_signing_keys():
    for path in (ROOT / "host_tools" / "gateway").rglob("*.py"):
        tree = ast.parse(path.read_text())
        names = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
        names |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
        assert not names & {"load_signing", "Signer", "sign_order", "sign_cancel"}, path
        texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant)}
        assert "signing" not in texts, path


def test_an_order_under_the_seal_is_not_permitted(county):
    """The master makes any seal, so no seal may carry an order."""
    for number in (4, 5):
        header = frame.Header(frame.SEALED, DOWN, number, 0, False, ADDRESS, 1)
        with pytest.raises(proof.NotPermitted):
            proof.check_permitted(header)


def test_no_key_that_the_gateway_has_signs_anything(county):
    public, master = store.load_public(county), store.load_master(county, GATEWAY)
    root = keys.box_root(master, public.realm, ADDRESS, 1)
    derived = [master, root, crypto.public_of(master), *[s.public_key for s in public.slots]]
    derived += [2 * keys.traffic_key(root, 0, way) for way in ("up", "down")]
    order = orders.compose(slot=1, rank="danger", template=17, issued=996480)
    header = frame.Header(frame.SIGNED, DOWN, 4, 0, False, ADDRESS, 1)
    body = messages.encode(DOWN, order)
    for key in derived:
        signature = crypto.sign(key, proof.to_be_signed(public.realm, header, body))
        assert not believed(public, header, body, signature)


def test_a_genuine_signature_moved_to_another_order_is_not_believed(county):
    public = store.load_public(county)
    header, protected = frame.read(signed_notice(county))
    body, signature = proof.split_signed(protected)
    order = messages.decode(DOWN, header.type, body)
    assert believed(public, header, body, signature)
    for field, value in (
        ("rank", "danger"),
        ("template", 17),
        ("issued", order.issued + 1),
        ("slot", 2),
    ):
        changed = messages.encode(DOWN, order._replace(**{field: value}))
        assert not believed(public, header, changed, signature)
    for field, value in (("address", 2), ("seq", 2), ("priority", 0), ("type", 5)):
        changed = header._replace(**{field: value})
        assert not believed(public, changed, body, signature)


def signed_notice(county):
    order = orders.compose(slot=1, rank="notice", template=18)
    return orders.sign_order(
        store.load_public(county), small_county.signer(county), ADDRESS, order
    )


def believed(public, header, body, signature):
    signed = proof.to_be_signed(public.realm, header, body)
    return any(crypto.verify(slot.public_key, signed, signature) for slot in public.slots)


def memory_of(pid):
    """Return everything that a process of ours has in its writable memory."""
    found = []
    maps = Path(f"/proc/{pid}/maps")
    if not maps.exists():
        pytest.skip("no /proc on this machine")
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps.read_text().splitlines():
            place, rights = line.split()[:2]
            start, end = (int(number, 16) for number in place.split("-"))
            if rights.startswith("rw") and end - start < 1 << 28:
                with contextlib.suppress(OSError, ValueError, OverflowError):
                    memory.seek(start)
                    found.append(memory.read(end - start))
    return b"".join(found)


def private_key(county, name="live"):
    return encrypted_file.read(county / "signing" / f"{name}.key", f"signing/{name}", SIGNING)
