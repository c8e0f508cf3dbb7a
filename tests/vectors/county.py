"""A county whose keys everybody knows, so that anybody can make and check the vectors.

Every secret counts bytes up from a number that says whose it is: nobody's Box has such a one.
"""

from host_tools import crypto
from protocol import frame, keyring_file, keys, messages, proof
from protocol.keyring_file import FOR_DRILLS, FOR_IMAGES, FOR_ORDERS, FOR_SETTINGS, Slot
from protocol.schema import RANK
from tests.shared import test_messages as reference
from tests.shared.meanings import fields_of
from tests.shared.text_table import ARABIC, HAN, by_hand, letters_of

BOX, OTHER_BOX, GROUP, EVERYBODY = 4660, 4661, 0xF001, frame.EVERYBODY
EPOCH, ISSUE, SEQ, ORDER_SEQ = 3, 1, 81234, 70112

ROOT, ORDERS, DRILLS, OFFICE, IMAGES, TOWNSHIP, REVOKED, NEXT_ROOT = range(8)
STRANGER = 99  # signs well, and is in no slot

_ONE_AND_GROUP = keyring_file.TO_ONE | keyring_file.TO_GROUP
_ANYBODY = _ONE_AND_GROUP | keyring_file.TO_ALL
_ALL = keyring_file.ALL_RANKS
_NOTICE = 1 << RANK.index("routine") | 1 << RANK.index("notice")


def secret(first: int) -> bytes:
    """Return 32 bytes that count up from this one."""
    return bytes((first + i) % 256 for i in range(32))


def seed(slot: int) -> bytes:
    """Return the Ed25519 private key of a slot, as the note in head() says it."""
    return secret(29 * slot)


MASTER = bytes(range(255, 223, -1))
ROOTS = tuple(crypto.public_of(seed(root)) for root in (ROOT, NEXT_ROOT))
REALM, OTHER_REALM = keys.realm(ROOTS[0]), keys.realm(crypto.public_of(seed(STRANGER)))
BOX_ROOT = keys.box_root(MASTER, REALM, BOX, ISSUE)
SLOTS = tuple(
    Slot(number, crypto.public_of(seed(number)), ranks, targets, uses, 0)
    for number, ranks, targets, uses in (
        (ORDERS, _ALL, _ANYBODY, FOR_ORDERS),
        (DRILLS, _ALL, _ANYBODY, FOR_DRILLS),
        (OFFICE, 0, _ONE_AND_GROUP, FOR_SETTINGS),
        (IMAGES, 0, _ANYBODY, FOR_IMAGES),
        (TOWNSHIP, _NOTICE, _ONE_AND_GROUP, FOR_ORDERS),
        (REVOKED, _ALL, _ANYBODY, 0),
    )
)
TEXT_TABLES = (by_hand(0x10, HAN), by_hand(0x23, ARABIC, letters_of(ARABIC)))
BASE_HEALTH = reference.HEALTH


def head() -> dict:
    """Return what a receiver of the vectors knows, and how its keys were made."""
    return {
        "note": "Test keys, open to everybody. The private key of slot n is the 32 bytes that "
        "count up from 29 n, the next root's that of slot 7; the master counts down from 255.",
        "master": MASTER.hex(),
        "issue": ISSUE,
        "address": BOX,
        "epoch": EPOCH,
        "realm": REALM.hex(),
        "box_root": BOX_ROOT.hex(),
        "roots": [key.hex() for key in ROOTS],
        "slots": [[slot.number, slot.public_key.hex(), *slot[2:]] for slot in SLOTS],
        "base_health": fields_of(BASE_HEALTH),
        "text_tables": [table.hex() for table in TEXT_TABLES],
    }


def header(mode, direction, name, address=BOX, seq=SEQ, priority=None, ack_wanted=False):
    """Return a Header for a message of this name, with its own priority unless one is given."""
    row = messages.row(direction, name)
    priority = row.priority if priority is None else priority
    return frame.Header(mode, direction, row.number, priority, ack_wanted, address, seq)


def sealed(header, body, epoch=EPOCH, realm=REALM, box_root=BOX_ROOT, purpose=None) -> bytes:
    """Return the protected bytes of a SEALED or LOCAL frame."""
    key = keys.traffic_key(box_root, epoch, purpose or proof.purpose(header))
    return proof.seal(crypto, key, epoch, realm, header, body)


def signed(header, body, slot, realm=REALM) -> bytes:
    """Return the protected bytes of a SIGNED frame."""
    return body + crypto.sign(seed(slot), proof.to_be_signed(realm, header, body))


def proven(header, body, signer=ROOT) -> bytes:
    """Return the protected bytes of a frame of any mode; signer counts where it is SIGNED."""
    if header.mode == frame.SIGNED:
        return signed(header, body, signer)
    if header.mode == frame.OPEN:
        return proof.checked(header, body)
    return sealed(header, body)


def signer_of(message) -> int:
    """Return the slot that a message names as who signs it."""
    return getattr(message, "slot", ROOT)
