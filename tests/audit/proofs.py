"""What makes a frame believable: COSE by RFC 9052, with the `cryptography` package."""

from functools import cache

import cbor2
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESCCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tests.audit.wire import Frame

EPOCHS = range(32)  # a run of minutes raises the epoch a few times at most
SIGNATURE_BYTES = 64
SEALED_HEADERS = bytes.fromhex("a1010a")  # {1: 10}: AES-CCM-16-64-128
SIGNED_HEADERS = bytes.fromhex("a10127")  # {1: -8}: EdDSA


def opened(box_root: bytes, realm: bytes, frame: Frame) -> tuple[int, bytes] | None:
    """Return (epoch, body) of a SEALED frame of this Box, or None if no key opens it."""
    for epoch in EPOCHS:
        key = _traffic_key(box_root, epoch, "down" if frame.down else "up")
        try:
            return epoch, key.decrypt(_nonce(frame, epoch), frame.protected, _aad(realm, frame))
        except InvalidTag:
            continue
    return None


def is_signed(public_key: bytes, realm: bytes, frame: Frame) -> bool:
    """Is this SIGNED frame's signature of this Ed25519 key?"""
    body, signature = split(frame)
    parts = ("Signature1", SIGNED_HEADERS, _external(realm, frame), body)
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, cbor2.dumps(parts))
    except InvalidSignature:
        return False
    return True


def split(frame: Frame) -> tuple[bytes, bytes]:
    """Return (body, signature) of a SIGNED frame."""
    return frame.protected[:-SIGNATURE_BYTES], frame.protected[-SIGNATURE_BYTES:]


@cache
def _traffic_key(box_root: bytes, epoch: int, direction: str) -> AESCCM:
    info = cbor2.dumps([epoch, direction])
    return AESCCM(HKDF(SHA256(), 16, None, info).derive(box_root), tag_length=8)


def _nonce(frame: Frame, epoch: int) -> bytes:
    """Return dir, ADDR, epoch, SEQ and five zeros."""
    where = bytes((frame.down,)) + frame.address.to_bytes(2, "big")
    return where + epoch.to_bytes(2, "big") + frame.seq.to_bytes(3, "big") + bytes(5)


def _aad(realm: bytes, frame: Frame) -> bytes:
    return cbor2.dumps(("Encrypt0", SEALED_HEADERS, _external(realm, frame)))


def _external(realm: bytes, frame: Frame) -> bytes:
    return b"fengsui/1" + realm + frame.head
