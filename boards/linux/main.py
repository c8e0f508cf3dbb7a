"""Start a Box under Linux on whatever hardware its board builds; say plainly what is wrong."""

import asyncio
import gc
import sys

from boards.wiring import Wiring
from drivers.errors import DriverError
from firmware import box, console, safe_mode
from firmware.keyring_copies import NoKeys
from firmware.settings import BadSettings
from firmware.supervisor import supervise

_WRONG_SETTINGS = 2
_INTERRUPTED = 130
_COLLECT_BYTES = 32 * 1024  # often enough that the heap does not fall to pieces


def main(build_hardware):
    """Run the Box of `... main.py SETTINGS.json`; build_hardware(wiring) makes its Hardware."""
    if len(sys.argv) != 2:
        _give_up("usage: micropython " + sys.argv[0] + " SETTINGS.json")
    gc.threshold(_COLLECT_BYTES)
    try:
        hardware = build_hardware(Wiring(sys.argv[1]))
    except (OSError, ValueError, DriverError) as why:
        _give_up(_sentence(why))
        return
    _run(_assembled(hardware), hardware)


def _assembled(hardware):
    """Return the whole Box, or the little that is safe when it cannot prove who it is."""
    try:
        whole = box.assemble(hardware)
    except (BadSettings, NoKeys) as why:
        console.say("safe mode: " + sys.argv[1] + ": " + str(why))
        return safe_mode.assemble(hardware, why)
    console.say("ready")
    return whole


def _run(whole, hardware):
    try:
        asyncio.run(supervise(whole, hardware.clock, hardware.watchdog))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _give_up(sentence):
    sys.stderr.write(sentence + "\n")
    sys.exit(_WRONG_SETTINGS)


def _sentence(why):
    return str(why.args[-1]) if why.args else str(why)
