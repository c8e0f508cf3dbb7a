"""The county's side of the proofs: AES-CCM and Ed25519 from the `cryptography` package.

This module is the cipher that protocol.proof asks for: pass it as `cipher`.
"""

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESCCM

TAG_BYTES = 8  # AES-CCM-16-64-128, RFC 9053 section 4.2


class Forged(ValueError):
    """These bytes were not sealed under this key for this header."""


def seal(key, nonce, plaintext, aad):
    """Return plaintext encrypted, with its 8-byte tag; key 16 bytes, nonce 13."""
    return AESCCM(key, tag_length=TAG_BYTES).encrypt(nonce, bytes(plaintext), aad)


def open(key, nonce, protected, aad):  # the name protocol.proof asks a cipher for
    """Return the plaintext, or raise Forged."""
    try:
        return AESCCM(key, tag_length=TAG_BYTES).decrypt(nonce, bytes(protected), aad)
    except (InvalidTag, ValueError):
        raise Forged("the seal does not open") from None


def verify(public_key, message, signature):
    """Return whether this 64-byte Ed25519 signature (RFC 8032) is of this 32-byte key."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def sign(private, message):
    """Return the 64-byte Ed25519 signature of a 32-byte private key."""
    return Ed25519PrivateKey.from_private_bytes(private).sign(message)


def public_of(private):
    """Return the 32-byte public key of a 32-byte private key."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
