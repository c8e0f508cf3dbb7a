"""The two programs a firmware is made with, themselves made from source once."""

from pathlib import Path

from host_tools.build import compilers, sources
from host_tools.build.work import RP2, make, run, say
from host_tools.setup.steps import ROOT

MPY_CROSS = sources.MICROPYTHON / "mpy-cross/build/mpy-cross"
UF2CONV = sources.MICROPYTHON / "tools/uf2conv.py"
PICOTOOL = RP2 / "picotool-build/picotool"

_EPOCH_S = 1_744_675_200  # the day MicroPython 1.25 was released: nothing of today in an image


def environment(**defined: int) -> dict[str, str]:
    """Return what keeps time, place and this copy's own git out of whatever is built.

    Names given a value are defined for the compiler too.
    """
    # Of two maps that fit, the compiler takes the later one.
    places = {ROOT: "fengsui", RP2: "rp2", sources.MICROPYTHON: "micropython"}
    flags = [f"-ffile-prefix-map={place}={name}" for place, name in places.items()]
    flags += [f"-D{name}={value}" for name, value in defined.items()]
    return {
        "SOURCE_DATE_EPOCH": str(_EPOCH_S),
        "MICROPY_GIT_TAG": f"v{sources.versions()['micropython']}",
        "MICROPY_GIT_HASH": "",
        "CFLAGS_EXTRA": " ".join(flags),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def make_mpy_cross() -> Path:
    """Build the compiler of Python to .mpy once; return it."""
    if not MPY_CROSS.exists():
        say("mpy-cross, once (half a minute)")
        folder = sources.MICROPYTHON / "mpy-cross"
        log = RP2 / "mpy-cross.log"
        make(folder, log=log, doing="building mpy-cross", environment=environment())
    return MPY_CROSS


def make_picotool() -> Path:
    """Build the program that writes UF2 files for the RP2350 once; return it."""
    if PICOTOOL.exists():
        return PICOTOOL
    compilers.need(compilers.PICOTOOL)
    say("picotool, once (a minute)")
    folder, doing = PICOTOOL.parent, "building picotool"
    options = (f"-DPICO_SDK_PATH={sources.PICO_SDK}", "-DPICOTOOL_NO_LIBUSB=1")
    where = ("-S", sources.PICOTOOL, "-B", folder)
    run("cmake", *where, *options, log=RP2 / "picotool-cmake.log", doing=doing)
    make(folder, "picotool", log=RP2 / "picotool.log", doing=doing, environment=environment())
    return PICOTOOL
