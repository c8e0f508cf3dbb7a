"""Files that are whole or not there: written beside, flushed to the disk, then renamed."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from host_tools.problems import MISMATCH, NOT_FOUND, UNREACHABLE, Problem

MOST_BYTES = 1 << 20  # of any file that is read here


def write_whole(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Replace the file at path by data; after this returns a power cut cannot undo it."""
    beside = path.with_name(path.name + ".new")
    with _said(path):
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(handle, "wb") as new:
            new.write(data)
            new.flush()
            os.fsync(handle)
        os.replace(beside, path)
        sync_folder(path.parent)


def write_json(path: Path, value: Any, mode: int = 0o644) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1)
    write_whole(path, text.encode() + b"\n", mode)


def read_whole(path: Path) -> bytes:
    """Return the bytes of a file of at most 1 MiB, or raise Problem."""
    with _said(path), path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Problem(f"{path} is larger than any file of this kind", exit_code=MISMATCH)
    return data


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file, or raise Problem."""
    try:
        value = json.loads(read_whole(path))
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Problem(f"{path} is damaged: a JSON object was expected", exit_code=MISMATCH)
    return value


def sync_folder(folder: Path) -> None:
    """Flush the names in this folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes that also ask out, until the block ends; the kernel frees it."""
    with _said(path):
        lock = path.open("ab")
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise Problem(f"{path} is not there", exit_code=NOT_FOUND) from None
    except OSError as why:
        raise Problem(f"{path} cannot be used: {why.strerror}", exit_code=UNREACHABLE) from None
