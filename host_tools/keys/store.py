"""The county's keys on disk: what everybody may read, what the gateway opens, what signers open.

    public.json                          the realm and the public keys, no secret
    gateway/master.key                   from which every Box's own secret is derived
    signing/root.key next.key            the root and its successor; root.counter is for both
    signing/live.key drill.key ...       signing keys, each with its own counter

The two folders have two passphrases.  The gateway is given the first one only.  The two roots
belong on a machine without a network, and best of all in two safes.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from host_tools import crypto
from host_tools.keys import counter, encrypted_file, files
from host_tools.keys.public import Public, PublicSlot, parsed, written
from host_tools.problems import MISMATCH, NOT_FOUND, REFUSED, UNREACHABLE, USAGE, Problem
from protocol import keyring_file, keys
from protocol.keyring_file import (
    FOR_DRILLS,
    FOR_ORDERS,
    FOR_SETTINGS,
    ROOT_SLOT,
    TO_ALL,
    TO_GROUP,
    TO_ONE,
)

LEAST_PASSPHRASE = 8  # characters
ROOT, NEXT = "root", "next"
MASTER = Path("gateway", "master.key")
MASTER_IS = "gateway/master"

_EVERYWHERE = TO_ONE | TO_GROUP | TO_ALL
_SLOTS = ((1, "live", FOR_ORDERS | FOR_SETTINGS), (2, "drill", FOR_DRILLS))


class Signer:
    """One unlocked signing key with its counter: keep it no longer than an order takes."""

    def __init__(self, slot: PublicSlot, private: bytes, counter_path: Path):
        self.slot = slot
        self._private = private
        self._counter_path = counter_path

    def next_seq(self) -> int:
        """Return a number that is reserved on the disk and was never used before."""
        return counter.reserve(self._counter_path)

    def keep_above(self, highest_seen: int) -> int | None:
        """Begin above what the county has seen; return where, if the counter was an old copy."""
        return counter.keep_above(self._counter_path, highest_seen)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte Ed25519 signature."""
        return crypto.sign(self._private, message)


def init(
    folder: Path | str,
    gateway_passphrase: str,
    signing_passphrase: str,
    work: int = encrypted_file.WORK,
) -> Public:
    """Make a new county's keys in an empty or new folder; all of them or nothing."""
    folder = Path(folder).resolve()
    _check_passphrases(gateway_passphrase, signing_passphrase)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Problem(f"{folder} is not empty; nothing was changed", "name a new folder", USAGE)
    with _made_whole(folder) as beside:
        public = _make_signing_keys(beside / "signing", signing_passphrase, work)
        master = os.urandom(32)
        encrypted_file.write(beside / MASTER, MASTER_IS, master, gateway_passphrase, work)
        files.write_json(beside / "public.json", written(public))
    return load_public(folder)


def load_public(folder: Path | str) -> Public:
    """Return what public.json says, or raise Problem."""
    path = Path(folder, "public.json")
    if not path.is_file():
        raise Problem(f"{folder} holds no county", "make one with `fengsui keys init`", NOT_FOUND)
    try:
        public = parsed(files.read_json(path))
    except (KeyError, TypeError, ValueError):
        public = None
    if public is None or public.realm != keys.realm(public.root_public_key):
        raise Problem(f"{path} is damaged", "restore it from a copy", MISMATCH)
    return public


def load_master(folder: Path | str, passphrase: str) -> bytes:
    """Return the 32-byte master, or raise WrongPassphrase or another Problem."""
    return encrypted_file.read(Path(folder) / MASTER, MASTER_IS, passphrase)


def load_signing(folder: Path | str, name: str, passphrase: str) -> Signer:
    """Return the Signer of this name, or raise WrongPassphrase or another Problem."""
    slot = load_public(folder).named(name)
    if slot.revoked:
        raise Problem(f"the key {name} is revoked", "sign with another", REFUSED)
    return _unlocked(folder, name, slot, passphrase)


def load_root(folder: Path | str, name: str, passphrase: str) -> Signer:
    """Return the Signer of ROOT or NEXT, or raise WrongPassphrase or another Problem."""
    public = load_public(folder)
    public_key = public.roots[(ROOT, NEXT).index(name)]
    slot = PublicSlot(ROOT_SLOT, public_key, 0, _EVERYWHERE, 0, name)
    return _unlocked(folder, name, slot, passphrase, counted_as=ROOT)


def make_signing_key(
    folder: Path | str,
    name: str,
    passphrase: str,
    first: int = 1,
    work: int = encrypted_file.WORK,
) -> bytes:
    """Make a private key and its counter in signing/; return the public key, or raise Problem.

    first: its first number, above every one that its slot ever had.  A key of that name which
    public.json does not know was never used: a run was cut short, and it is made anew.
    """
    signing = Path(folder, "signing")
    encrypted_file.read(signing / f"{ROOT}.key", _what(ROOT), passphrase)  # one for the folder
    public_key = _make_signing_key(signing, name, passphrase, work)
    counter.create(signing / f"{name}.counter", first)
    return public_key


def save_public(folder: Path | str, public: Public) -> None:
    files.write_json(Path(folder, "public.json"), written(public))


def _unlocked(
    folder: Path | str, name: str, slot: PublicSlot, passphrase: str, counted_as: str = ""
) -> Signer:
    path = Path(folder, "signing", f"{name}.key")
    private = encrypted_file.read(path, _what(name), passphrase)
    if crypto.public_of(private) != slot.public_key:
        raise Problem(f"{path} is not the key that public.json names {name}", exit_code=MISMATCH)
    return Signer(slot, private, path.with_name(f"{counted_as or name}.counter"))


def _check_passphrases(gateway: str, signing: str) -> None:
    if min(len(gateway), len(signing)) < LEAST_PASSPHRASE:
        why = f"a passphrase has at least {LEAST_PASSPHRASE} characters"
        raise Problem(why, "choose longer ones", USAGE)
    if gateway == signing:
        why = "who knows the gateway's passphrase must not be able to sign orders"
        raise Problem(why, "choose two different passphrases", USAGE)


@contextlib.contextmanager
def _made_whole(folder: Path) -> Iterator[Path]:
    """Let a folder be filled beside its place, and put it there only when that went well."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as why:
        raise Problem(f"{folder} cannot be made: {why.strerror}", "", UNREACHABLE) from None
    try:
        for secret in ("gateway", "signing"):
            (beside / secret).mkdir(mode=0o700)
        yield beside
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside)
        raise
    files.sync_folder(folder.parent)


def _make_signing_keys(signing: Path, passphrase: str, work: int) -> Public:
    """Write the private keys and their counters; return what is public of them."""
    root, successor = (_make_signing_key(signing, name, passphrase, work) for name in (ROOT, NEXT))
    counter.create(signing / f"{ROOT}.counter")
    slots = []
    for number, name, uses in _SLOTS:
        public_key = _make_signing_key(signing, name, passphrase, work)
        counter.create(signing / f"{name}.counter")
        ranks = keyring_file.ALL_RANKS
        slots.append(PublicSlot(number, public_key, ranks, _EVERYWHERE, uses, name))
    return Public(keys.realm(root), root, successor, tuple(slots))


def _make_signing_key(signing: Path, name: str, passphrase: str, work: int) -> bytes:
    private = os.urandom(32)
    encrypted_file.write(signing / f"{name}.key", _what(name), private, passphrase, work)
    return crypto.public_of(private)


def _what(name: str) -> str:
    return f"signing/{name}"
