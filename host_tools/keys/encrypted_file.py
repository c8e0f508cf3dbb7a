"""A secret at rest: scrypt makes a key of the passphrase, AES-GCM encrypts and proves the file.

The file is a small JSON object that carries its own parameters.  `what` is bound into the
proof, so that one key file cannot be put in the place of another.
"""

import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from host_tools.keys import files
from host_tools.problems import MISMATCH, REFUSED, Problem

FORMAT = 1
WORK = 1 << 17  # scrypt's N at r=8, p=1: 128 MiB, about half a second (OWASP's first choice)
LEAST_WORK, MOST_WORK = 1 << 10, 1 << 20
R, P = 8, 1

_FIELDS = {"format", "what", "kdf", "n", "r", "p", "salt", "nonce", "ciphertext"}


class WrongPassphrase(Problem):
    """The passphrase does not open this file."""

    def __init__(self, path: Path):
        super().__init__(f"the passphrase does not open {path}", "type it again", REFUSED)


def write(path: Path, what: str, secret: bytes, passphrase: str, work: int = WORK) -> None:
    """Write secret, encrypted, to a file that only its owner may read."""
    salt, nonce = os.urandom(16), os.urandom(12)
    ciphertext = AESGCM(_key(passphrase, salt, work)).encrypt(nonce, secret, _bound(what))
    fields = {
        "format": FORMAT, "what": what, "kdf": "scrypt", "n": work, "r": R, "p": P,
        "salt": salt.hex(), "nonce": nonce.hex(), "ciphertext": ciphertext.hex(),
    }  # fmt: skip
    files.write_json(path, fields, mode=0o600)


def read(path: Path, what: str, passphrase: str) -> bytes:
    """Return the secret, or raise WrongPassphrase, or Problem for a file that is not one."""
    salt, nonce, ciphertext, work = _checked(path, what, files.read_json(path))
    try:
        return AESGCM(_key(passphrase, salt, work)).decrypt(nonce, ciphertext, _bound(what))
    except InvalidTag:
        raise WrongPassphrase(path) from None


def _checked(path: Path, what: str, fields: dict[str, Any]) -> tuple[bytes, bytes, bytes, int]:
    """Return salt, nonce, ciphertext and work; bounds come before scrypt spends memory."""
    damaged = Problem(
        f"{path} is damaged or not a key file for {what}", "restore it from a copy", MISMATCH
    )
    if set(fields) != _FIELDS or fields["format"] != FORMAT or fields["kdf"] != "scrypt":
        raise damaged
    work = fields["n"]
    if type(work) is not int or not LEAST_WORK <= work <= MOST_WORK or work & (work - 1):
        raise damaged
    if (fields["what"], fields["r"], fields["p"]) != (what, R, P):
        raise damaged
    try:
        salt, nonce, ciphertext = (
            bytes.fromhex(fields[f]) for f in ("salt", "nonce", "ciphertext")
        )
    except (TypeError, ValueError):
        raise damaged from None
    if len(salt) != 16 or len(nonce) != 12:
        raise damaged
    return salt, nonce, ciphertext, work


def _key(passphrase: str, salt: bytes, work: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=work, r=R, p=P).derive(
        passphrase.encode(errors="surrogateescape")
    )


def _bound(what: str) -> bytes:
    return b"fengsui key file %d: %s" % (FORMAT, what.encode())
