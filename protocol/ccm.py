"""What passes sealed between one Box and its county: AES-CCM-16-64-128.

Source: RFC 3610, with the sizes of RFC 9053, section 4.2.1: a key of 16 bytes, a nonce of 13,
a tag of 8 (M) and a length field of 2 (L).
"""

from protocol import compat
from protocol.compat import const

KEY_BYTES = const(16)
NONCE_BYTES = const(13)
TAG_BYTES = const(8)
MAX_PLAINTEXT_BYTES = const(0xFFFF)
MAX_AAD_BYTES = const(0xFEFF)

_BLOCK_BYTES = const(16)
_ECB = const(1)
_CBC = const(2)
_COUNTER_FLAGS = const(0x01)  # L - 1
_FIRST_FLAGS = const(0x19)  # L - 1, and (M - 2) / 2 from bit 3
_HAS_AAD = const(0x40)


class Forged(ValueError):
    """These bytes were not sealed with this key, nonce and additional data."""


def seal(key, nonce, plaintext, aad):
    """Return the ciphertext, as long as the plaintext, and the 8-byte tag behind it.

    Raises ValueError for anything that is too long, or a key or nonce of another length.
    """
    _check(key, nonce, aad)
    if len(plaintext) > MAX_PLAINTEXT_BYTES:
        raise ValueError("too long to be sealed")
    stream = _key_stream(key, nonce, len(plaintext))
    tag = _tag(key, nonce, plaintext, aad)
    return _xor(plaintext, stream[_BLOCK_BYTES:]) + _xor(tag, stream)


def open(key, nonce, sealed, aad):
    """Return the plaintext of a ciphertext and its tag.

    Raises Forged if the tag is wrong or the length impossible, and ValueError as seal does.
    """
    _check(key, nonce, aad)
    length = len(sealed) - TAG_BYTES
    if length < 0 or length > MAX_PLAINTEXT_BYTES:
        raise Forged("not the length of anything sealed")
    stream = _key_stream(key, nonce, length)
    plaintext = _xor(sealed[:length], stream[_BLOCK_BYTES:])
    tag = _tag(key, nonce, plaintext, aad)
    if not _equal(_xor(tag, stream), sealed[length:]):
        raise Forged("the tag is wrong")
    return plaintext


def _check(key, nonce, aad):
    if len(key) != KEY_BYTES:
        raise ValueError("a key is 16 bytes")
    if len(nonce) != NONCE_BYTES:
        raise ValueError("a nonce is 13 bytes")
    if len(aad) > MAX_AAD_BYTES:
        raise ValueError("additional data too long")


def _key_stream(key, nonce, length):
    """Return S_0, which hides the tag, and enough of S_1 ... for the plaintext; section 2.3."""
    prefix = bytes((_COUNTER_FLAGS,)) + nonce
    blocks = 1 + (length + _BLOCK_BYTES - 1) // _BLOCK_BYTES
    counters = [prefix + block.to_bytes(2, "big") for block in range(blocks)]
    return _aes(key, _ECB).encrypt(b"".join(counters))


def _tag(key, nonce, plaintext, aad):
    """Return T, the end of a chain through all that is authenticated; section 2.2."""
    flags = _FIRST_FLAGS | _HAS_AAD if aad else _FIRST_FLAGS
    blocks = bytes((flags,)) + nonce + len(plaintext).to_bytes(2, "big")
    if aad:
        blocks += _padded(len(aad).to_bytes(2, "big") + aad)
    blocks += _padded(plaintext)
    chain = _aes(key, _CBC, bytes(_BLOCK_BYTES)).encrypt(blocks)
    return chain[-_BLOCK_BYTES:][:TAG_BYTES]


def _padded(data):
    return data + bytes(-len(data) % _BLOCK_BYTES)


def _aes(*arguments):
    if compat.aes is None:
        raise RuntimeError("no cryptolib here, and so no AES")
    return compat.aes(*arguments)


def _xor(data, stream):
    """Return data, hidden by as much of the stream or shown again."""
    mixed = int.from_bytes(data, "big") ^ int.from_bytes(stream[: len(data)], "big")
    return mixed.to_bytes(len(data), "big")


def _equal(ours, theirs):
    """Return whether two tags are equal, in a time that does not tell where they differ."""
    difference = 0
    for our_byte, their_byte in zip(ours, theirs):
        difference |= our_byte ^ their_byte
    return difference == 0
