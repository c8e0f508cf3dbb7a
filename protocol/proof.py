"""What makes a frame believable: compressed COSE (RFC 9052), sealed or signed.

LOCAL is SEALED under another key; OPEN is not believable and is taken at a console only.

The COSE headers are constants and the rest is derived from the canonical header, so a
frame carries only ciphertext and tag (COSE_Encrypt0, AES-CCM-16-64-128) or body and
signature (COSE_Sign1, EdDSA).  The cipher is handed in: protocol.ccm on a Box, the
`cryptography` package at the county.
"""

from protocol import cbor, frame
from protocol.compat import const
from protocol.crc16 import crc16
from protocol.schema import DOWN, UP

_SEALED_HEADERS = b"\xa1\x01\x0a"  # {1: 10}: AES-CCM-16-64-128
_SIGNED_HEADERS = b"\xa1\x01\x27"  # {1: -8}: EdDSA
_VERSION = b"fengsui/1"
_SIGNATURE_BYTES = const(64)

# By direction and mode the numbers of the types that may ride; what is not here is refused.
_MAY_CARRY = {
    # Everything a Box says; where a Station is configured, what a life hangs on goes LOCAL.
    (UP, frame.SEALED): (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16),
    (UP, frame.LOCAL): (3, 6, 7, 8, 9, 10, 11),
    # Ack More Carry CallTaken CallClosed Time Query TestCall, and an image's chunks.
    (DOWN, frame.SEALED): (1, 2, 3, 6, 7, 10, 11, 12, 14),
    (DOWN, frame.LOCAL): (1, 2, 3, 6, 7, 10, 11, 12),
    # Order Cancel Settings Keys Image.
    (DOWN, frame.SIGNED): (4, 5, 8, 9, 13),
    # A technician at the console asks (Query) and is told: Health SelfTest Boot LogHead.
    (DOWN, frame.OPEN): (11,),
    (UP, frame.OPEN): (4, 13, 14, 15),
}

_PURPOSES = {
    (UP, frame.SEALED): "up",
    (DOWN, frame.SEALED): "down",
    (UP, frame.LOCAL): "local-up",
    (DOWN, frame.LOCAL): "local-down",
}


class NotPermitted(ValueError):
    """This kind of message has no business under this kind of proof."""


class Damaged(ValueError):
    """An OPEN frame whose check does not fit."""


def check_permitted(header):
    """Raise NotPermitted unless this type may ride this mode; asked before any proof."""
    if header.type not in _MAY_CARRY.get((header.direction, header.mode), ()):
        raise NotPermitted("this type is never taken in this mode")


def purpose(header):
    """Return the purpose of the key that seals such a frame, as protocol.keys names it."""
    return _PURPOSES[header.direction, header.mode]


def nonce(header, epoch):
    """Return the 13 bytes dir, ADDR, epoch, SEQ, 00000; unique per key while SEQ is."""
    return (
        bytes((header.direction,))
        + header.address.to_bytes(2, "big")
        + epoch.to_bytes(2, "big")
        + header.seq.to_bytes(3, "big")
        + bytes(5)
    )


def seal(cipher, key, epoch, realm, header, body):
    """Return body encrypted, with its 8-byte tag.  cipher has seal(key, nonce, plaintext, aad)."""
    return cipher.seal(key, nonce(header, epoch), body, _encrypt0(realm, header))


def unseal(cipher, key, epoch, realm, header, protected):
    """Return the body, or raise the cipher's own ValueError for a forgery."""
    return cipher.open(key, nonce(header, epoch), protected, _encrypt0(realm, header))


def to_be_signed(realm, header, body):
    """Return the Sig_structure of RFC 9052, section 4.4."""
    parts = ("Signature1", _SIGNED_HEADERS, _external(realm, header), body)
    return cbor.sequence(parts)


def split_signed(protected):
    """Return (body, signature) of a SIGNED frame's protected bytes."""
    return protected[:-_SIGNATURE_BYTES], protected[-_SIGNATURE_BYTES:]


def checked(header, body):
    """Return the protected bytes of an OPEN frame: the body and a CRC-16 that proves nothing."""
    return body + crc16(frame.canonical(header) + body).to_bytes(2, "big")


def unchecked(header, protected):
    """Return the body of an OPEN frame, or raise Damaged."""
    body = protected[:-2]
    if checked(header, body) != protected:
        raise Damaged("the check does not fit")
    return body


def _encrypt0(realm, header):
    """Return the Enc_structure of RFC 9052, section 5.3."""
    return cbor.sequence(("Encrypt0", _SEALED_HEADERS, _external(realm, header)))


def _external(realm, header):
    return _VERSION + realm + frame.canonical(header)
