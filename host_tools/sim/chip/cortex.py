"""Runs the plain instructions of the emulated processor in C; rp2040py does all the others."""

import ctypes
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from host_tools.problems import UNREACHABLE, Problem

SOURCE = Path(__file__).with_name("cortex.c")
BUILT = Path(__file__).parents[3] / "build" / "emulator"
NOWHERE = 0xFFFFFFFF  # no instruction stands at an odd address
WATCHED_AT_MOST = 4

_BUDGET_SPENT, _NOT_PLAIN, _WATCHED = range(3)


class _Machine(ctypes.Structure):
    _fields_ = (
        *[(name, ctypes.c_void_p) for name in ("registers", "rom", "flash", "ram")],
        *[(name, ctypes.c_uint32) for name in ("negative", "zero", "carry", "overflow")],
        *[(name, ctypes.c_uint32) for name in ("dividend", "divisor", "quotient", "remainder")],
        ("divider_status", ctypes.c_uint32),
        ("watched", ctypes.c_uint32 * WATCHED_AT_MOST),
        *[(name, ctypes.c_uint32) for name in ("passed", "reason")],
    )


class Cortex:
    """Shares registers and memory with an rp2040py RP2040."""

    def __init__(self, mcu: Any):
        self._core = mcu.core
        self._run = _library().cortex_run
        self._machine = _Machine(watched=(NOWHERE,) * WATCHED_AT_MOST)
        self._shared = [_shared(memory) for memory in _memories(mcu)]
        for name, memory in zip(("registers", "rom", "flash", "ram"), self._shared, strict=True):
            setattr(self._machine, name, ctypes.addressof(memory))
        self._pointer = ctypes.byref(self._machine)

    def watch(self, addresses: tuple[int, ...]) -> None:
        """Stop in front of each of these, at most WATCHED_AT_MOST."""
        for i, address in enumerate(addresses):
            self._machine.watched[i] = address

    def run(self, budget: int) -> int:
        """Execute plain instructions for about this many cycles; return how many it took."""
        core, machine = self._core, self._machine
        machine.negative, machine.zero = core.n, core.z
        machine.carry, machine.overflow = core.c, core.v
        spent = self._run(self._pointer, budget)
        core.n, core.z, core.c, core.v = (
            machine.negative, machine.zero, machine.carry, machine.overflow
        )  # fmt: skip
        return spent

    @property
    def needs_help(self) -> bool:
        """Is the next instruction one that only rp2040py can do?"""
        return self._machine.reason == _NOT_PLAIN

    @property
    def at_watched(self) -> bool:
        return self._machine.reason == _WATCHED


def _memories(mcu: Any) -> tuple[Any, ...]:
    return mcu.core.registers, mcu.bootrom, mcu.flash, mcu.sram


def _shared(memory: Any) -> Any:
    view = memoryview(memory).cast("B")
    return (ctypes.c_ubyte * len(view)).from_buffer(view)


def _library() -> Any:
    source = SOURCE.read_bytes()
    built = BUILT / f"cortex-{hashlib.sha256(source).hexdigest()[:16]}.so"
    if not built.exists():
        _compile(built)
    library = ctypes.CDLL(str(built))
    library.cortex_run.argtypes = (ctypes.c_void_p, ctypes.c_int64)
    library.cortex_run.restype = ctypes.c_int64
    return library


def _compile(built: Path) -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        raise Problem(
            "the emulator needs a C compiler", "apt-get install gcc libc6-dev", UNREACHABLE
        )
    built.parent.mkdir(parents=True, exist_ok=True)
    unfinished = built.with_suffix(f".{os.getpid()}")
    options = ("-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC")
    subprocess.run([compiler, *options, "-o", unfinished, SOURCE], check=True)
    unfinished.replace(built)
