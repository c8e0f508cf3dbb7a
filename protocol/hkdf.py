"""How one secret of the county becomes a key for each Box, road and direction.

Source: RFC 2104 (HMAC) and RFC 5869 (HKDF), with SHA-256.
"""

import hashlib

from protocol.compat import const

_DIGEST_BYTES = const(32)
_BLOCK_BYTES = const(64)
_MAX_BYTES = const(255 * 32)


def hmac_sha256(key, message):
    """Return the 32-byte authentication code of the message; a key has any length."""
    if len(key) > _BLOCK_BYTES:
        key = hashlib.sha256(key).digest()
    key = bytes(key) + bytes(_BLOCK_BYTES - len(key))
    inner = hashlib.sha256(bytes([byte ^ 0x36 for byte in key]))
    inner.update(message)
    outer = hashlib.sha256(bytes([byte ^ 0x5C for byte in key]))
    outer.update(inner.digest())
    return outer.digest()


def hkdf_sha256(secret, info, length, salt=b""):
    """Return a key of that many bytes, at most 8160, for the use that info names."""
    if not 0 < length <= _MAX_BYTES:
        raise ValueError("a derived key is 1 to 8160 bytes")
    return _expanded(hmac_sha256(salt, secret), info, length)


def _expanded(pseudorandom_key, info, length):
    key = block = b""
    counter = 0
    while len(key) < length:
        counter += 1
        block = hmac_sha256(pseudorandom_key, block + info + bytes((counter,)))
        key += block
    return key[:length]
