"""Whether a carrier's JSON Web Token is the carrier's: RS256 (RFC 7519, RFC 7518 section 3.3)."""

import base64
import json
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from host_tools.keys import files
from host_tools.problems import MISMATCH, Problem

_LEAST_BITS = 2_048


def load_key(path: Path | str) -> rsa.RSAPublicKey:
    """Return the public key in this PEM file, or raise Problem."""
    try:
        key = load_pem_public_key(files.read_whole(Path(path)))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _LEAST_BITS:
        why = f"{path} holds no RSA public key of {_LEAST_BITS} bits or more"
        raise Problem(why, "take the one that the carrier publishes", MISMATCH)
    return key


def claims(token: str, key: rsa.RSAPublicKey) -> dict[str, Any]:
    """Return what the token says, or raise ValueError unless this key signed it."""
    signed, _, signature = token.rpartition(".")
    header, _, body = signed.partition(".")
    if _object(header).get("alg") != "RS256":
        raise ValueError("not signed as the carrier signs")
    try:
        key.verify(_bytes(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise ValueError("not signed by the carrier") from None
    return _object(body)


def _object(part: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(part))
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise ValueError("not a token")
    return found


def _bytes(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
