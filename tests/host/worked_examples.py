"""The three frames of protocol/README.md, made by strangers: cbor2 and `cryptography` alone.

The keys are for these examples only, and everybody knows them.
"""

import hashlib

import cbor2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def cbor(value):
    return cbor2.dumps(value, canonical=True)


def derived(secret, info, length):
    return HKDF(SHA256(), length, None, info).derive(secret)


MASTER = bytes(range(32))
ROOT = Ed25519PrivateKey.from_private_bytes(bytes(range(0x20, 0x40)))
LIVE = Ed25519PrivateKey.from_private_bytes(bytes(range(0x40, 0x60)))
ROOT_PUBLIC = ROOT.public_key().public_bytes_raw()
LIVE_PUBLIC = LIVE.public_key().public_bytes_raw()
REALM = hashlib.sha256(ROOT_PUBLIC).digest()[:8]

ADDRESS, ISSUE, EPOCH = 4660, 1, 3
ROOT_INFO = cbor(["fengsui/1", REALM, ADDRESS, ISSUE])
UP_INFO, DOWN_INFO = cbor([EPOCH, "up"]), cbor([EPOCH, "down"])
BOX_ROOT = derived(MASTER, ROOT_INFO, 32)
UP_KEY, DOWN_KEY = derived(BOX_ROOT, UP_INFO, 16), derived(BOX_ROOT, DOWN_INFO, 16)

CALL, CALL_BODY = bytes.fromhex("98 18 1234 013d52"), bytes.fromhex("02 03 1a000f3480")
ACK, ACK_BODY = bytes.fromhex("92 08 1234 00139d"), bytes.fromhex("46 013d52 c88402")
ORDER = bytes.fromhex("a2 20 f001 0111e0")
ORDER_BODY = bytes.fromhex("01 1a000f3480 0c 02 03 03 01 f6 11")


def nonce(direction, header):
    return bytes([direction]) + header[2:4] + EPOCH.to_bytes(2) + header[4:] + bytes(5)


def additional(header):
    return cbor(["Encrypt0", cbor({1: 10}), _external(header)])


def to_be_signed(header, body):
    return cbor(["Signature1", cbor({1: -8}), _external(header), body])


def _external(header):
    return b"fengsui/1" + REALM + header


def _sealed(key, direction, header, body):
    cipher = AESCCM(key, tag_length=8)
    return header + cipher.encrypt(nonce(direction, header), body, additional(header))


FRAMES = {
    "Call": _sealed(UP_KEY, 0, CALL, CALL_BODY),
    "Ack": _sealed(DOWN_KEY, 1, ACK, ACK_BODY),
    "Order": ORDER + ORDER_BODY + LIVE.sign(to_be_signed(ORDER, ORDER_BODY)),
}
