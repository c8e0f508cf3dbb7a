"""A frame written out as the standard COSE object it is short for, and such an object as a frame.

A frame is compressed COSE (RFC 9052): what both sides know is not sent.  Written out it is

    SIGNED   18([<<{1: -8}>>, {}, body, signature])           COSE_Sign1, EdDSA
    others   16([<<{1: 10}>>, {5: nonce}, ciphertext + tag])  COSE_Encrypt0, AES-CCM-16-64-128

and any COSE library proves it that is given the key and the external_aad, which is never part of
the object: "fengsui/1", the county's realm (8 bytes), the frame's canonical header (7 bytes).
"""

from typing import Any, NamedTuple

import cbor2

from protocol import frame, proof

VERSION = b"fengsui/1"
EDDSA, AES_CCM_16_64_128 = -8, 10  # RFC 9053, sections 2.2 and 4.2
ALGORITHM, IV = 1, 5  # labels of headers: RFC 9052, section 3.1
SIGN1_TAG, ENCRYPT0_TAG = 18, 16
MOST_BYTES = frame.MOST_BYTES + 64

_NAMES = {EDDSA: "EdDSA", AES_CCM_16_64_128: "AES-CCM-16-64-128"}
_SIGNED_PROTECTED = cbor2.dumps({ALGORITHM: EDDSA})
_SEALED_PROTECTED = cbor2.dumps({ALGORITHM: AES_CCM_16_64_128})


class NotCompressible(ValueError):
    """This is no COSE object that a frame of this header could be short for."""


class Expanded(NamedTuple):
    """The tagged COSE object, and what its judge has to know besides the key."""

    cose: bytes
    external_aad: bytes


def expand(
    raw: bytes, realm: bytes, epoch: int | None = None, carrier: int | None = None
) -> Expanded:
    """Return a frame as COSE; raises ValueError for bytes that are no frame.

    epoch: of the key, which a nonce needs; a SIGNED frame has none.  carrier: whom the road's
    carrier names, for a frame without an address.
    """
    header, protected = frame.read(raw, carrier)
    if header.mode != frame.SIGNED and epoch is None:
        raise ValueError("the nonce of a sealed frame needs its epoch")
    return Expanded(_object(header, protected, epoch), external_aad(header, realm))


def external_aad(header: Any, realm: bytes) -> bytes:
    """Return what is proven along with every frame and never part of its COSE object."""
    return VERSION + realm + frame.canonical(header)


def compress(cose: bytes, header: Any, epoch: int | None = None) -> bytes:
    """Return the frame of this header and epoch that is short for this object, with its address.

    Raises NotCompressible unless expanding that frame gives exactly this object.
    """
    raw = frame.write(header, _protected(cose))
    try:
        if expand(raw, b"", epoch).cose == cose:
            return raw
    except frame.BadFrame:
        pass
    raise NotCompressible("not what a frame of this header and epoch is short for")


def diagnostic(cose: bytes) -> str:
    """Return such an object in diagnostic notation (RFC 8949, section 8), its algorithm named."""
    whole = cbor2.loads(cose)
    protected, unprotected, *rest = whole.value
    number = cbor2.loads(protected)[ALGORITHM]
    algorithm = f"<<{{{ALGORITHM}: {number}}}>> / {_NAMES[number]} /"
    nonce = "".join(f"{label}: {_hex(value)}" for label, value in unprotected.items())
    return f"{whole.tag}([{', '.join([algorithm, f'{{{nonce}}}', *map(_hex, rest)])}])"


def _object(header: Any, protected: bytes, epoch: int | None) -> bytes:
    if header.mode == frame.SIGNED:
        body, signature = proof.split_signed(protected)
        return _tagged(SIGN1_TAG, [_SIGNED_PROTECTED, {}, body, signature])
    unprotected = {IV: proof.nonce(header, epoch)}
    return _tagged(ENCRYPT0_TAG, [_SEALED_PROTECTED, unprotected, protected])


def _tagged(tag: int, content: list[Any]) -> bytes:
    return cbor2.dumps(cbor2.CBORTag(tag, content))


def _protected(cose: bytes) -> bytes:
    """Return the body with its proof; whether the rest is right is seen by writing it again."""
    if len(cose) > MOST_BYTES:
        raise NotCompressible("longer than any frame")
    try:
        return b"".join(cbor2.loads(cose).value[2:])
    except (cbor2.CBORDecodeError, AttributeError, TypeError, ValueError):
        raise NotCompressible("not a COSE_Sign1 or COSE_Encrypt0 object") from None


def _hex(data: bytes) -> str:
    return f"h'{data.hex()}'"
