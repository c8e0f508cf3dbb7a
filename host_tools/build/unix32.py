"""A MicroPython for this machine with a Pico's words: 4 bytes, small integers of 31 bits.

All device code and its tests are frozen into it, as a Box's code is on its chip: a small heap
then holds what it would hold there, and no source.
"""

import platform
import shutil
from pathlib import Path

from host_tools.build import compilers, sources, tools
from host_tools.build.work import RP2, make, say, shown
from host_tools.problems import NOT_FOUND, Problem
from host_tools.setup.steps import ROOT, TOOLS, fingerprint, is_stamped

PROGRAM = TOOLS / "bin/micropython32"
PATH = ".frozen:."  # what is not frozen, boards/ and tests/run_shared.py, is read as source

_FOLDER = RP2 / "unix32"
_STAMP = _FOLDER / "made.stamp"
_PACKAGES = ("protocol", "drivers", "firmware", "tests/shared", "tests/rigs")
_SWITCHES = {
    "MICROPY_FORCE_32BIT": "1",
    "MPY_CROSS_FLAGS": "-march=x86",
    "MICROPY_SSL_MBEDTLS": "1",  # for AES and SHA-256
    "MICROPY_SSL_AXTLS": "0",
    "MICROPY_PY_FFI": "0",
    "MICROPY_PY_JNI": "0",
    "MICROPY_PY_BTREE": "0",
}


def make_ready() -> None:
    """Build it with the device code of now.  Raises Problem with what is missing."""
    if platform.machine() != "x86_64":
        why = "the 32-bit MicroPython is made on x86-64 only"
        raise Problem(why, "run this on such a machine", NOT_FOUND)
    compilers.need(compilers.UNIX32)
    sources.make_ready()
    tools.make_mpy_cross()
    _begin_anew_if_other()
    doing, log = "building the 32-bit MicroPython", RP2 / "unix32.log"
    words = [f"{name}={value}" for name, value in _switches().items()]
    port, environment = sources.MICROPYTHON / "ports/unix", tools.environment()
    make(port, *words, log=log, doing=doing, environment=environment)
    PROGRAM.parent.mkdir(exist_ok=True)
    PROGRAM.unlink(missing_ok=True)  # a process that still runs it keeps it
    shutil.copy(_FOLDER / "made/micropython", PROGRAM)
    say(f"wrote {shown(PROGRAM)}, {PROGRAM.stat().st_size:,} bytes")


def _switches() -> dict[str, str | Path]:
    headers = f"-I/usr/include/{compilers.answer_of('gcc', '-print-multiarch')}"
    return {
        **_SWITCHES,
        "CFLAGS_EXTRA": f"{headers} {tools.environment()['CFLAGS_EXTRA']}",
        "FROZEN_MANIFEST": _FOLDER / "manifest.py",
        "MPY_LIB_DIR": sources.LIBRARIES,
        "BUILD": _FOLDER / "made",
    }


def _begin_anew_if_other() -> None:
    """Keep what was compiled the same way; freeze all Python anew, for its build goes by dates."""
    compiler = compilers.answer_of("gcc", "--version")
    mark = fingerprint(*map(str, _switches().values()), compiler, sources.named())
    if not is_stamped(_STAMP, mark):
        say("the 32-bit MicroPython of this machine (half a minute)")
        shutil.rmtree(_FOLDER, ignore_errors=True)
        _FOLDER.mkdir(parents=True)
        _STAMP.write_text(mark)
    shutil.rmtree(_FOLDER / "made/frozen_mpy", ignore_errors=True)
    (_FOLDER / "made/frozen_content.c").unlink(missing_ok=True)
    (_FOLDER / "manifest.py").write_text("".join(f"{line}\n" for line in _manifest()))


def _manifest() -> list[str]:
    tests = [f"tests/{path.name}" for path in sorted((ROOT / "tests").glob("*.py"))]
    lines = ['include("$(MPY_DIR)/extmod/asyncio")']
    lines += [f"package{(name, None, str(ROOT))}" for name in _PACKAGES]
    lines += [f"module{(name, str(ROOT))}" for name in tests]
    return [*lines, f"module{('unittest.py', str(ROOT / 'tests/micropython'))}"]
