"""From the choice of what runs to the Box that runs: plain words when something is wrong."""

import asyncio
import gc
import time

import machine
import micropython

from boards.rp2 import files, gpio, randomness, technician
from boards.rp2.field25519 import Arithmetic
from boards.rp2.hardware import usual_settings
from boards.rp2.version import version
from boards.wiring import BadWiring, Wiring
from firmware import box, console, safe_mode
from firmware.keyring_copies import NoKeys
from firmware.settings import BadSettings
from firmware.supervisor import supervise

_COLLECT_BYTES = 10 * 1024  # often enough that the heap does not fall to pieces
_CTRL_C = 3
_CONFIRMED_MS = 600_000
_READ_MS = 2_000  # before it starts again: long enough to read why, or to press Ctrl-C


def main(board, slot):
    """Run the Box on board (a module with NAME, FLASH_MAP and build).

    slot is where it came from, or None.

    Returns only to a technician who pressed Ctrl-C; every other end is a reset.
    """
    technician.leave()
    gc.threshold(_COLLECT_BYTES)
    console.say(version())
    hardware = journal = None
    try:
        hardware, why = _hardware(board)
        whole = _assembled(hardware, why, slot)
        journal = whole.journal
        _try_randomness(journal)
        if slot is not None:
            whole.services.append(("slot", _confirming(slot, hardware.clock)))
        asyncio.run(supervise(whole, hardware.clock, hardware.watchdog))
    except KeyboardInterrupt:
        _hand_over(hardware)
        return
    except Exception as crash:  # noqa: BLE001 - nobody is left to see to it but a fresh start
        _write_down(crash, journal)
    time.sleep_ms(_READ_MS)
    machine.reset()


def _hardware(board):
    """Return (Hardware, None), or one built from usual settings and why the Box's were not."""
    files.mount(board.FLASH_MAP)
    try:
        return board.build(Wiring(files.SETTINGS)), None
    except (BadWiring, MemoryError) as why:
        usual = Wiring(files.SETTINGS, usual_settings(board.NAME))
        return board.build(usual), why
    finally:
        files.unmount()


def _assembled(hardware, why, slot):
    """Return the whole Box, or the little that is safe when it cannot be assembled.

    A release on trial gets no such mercy for what is not the settings' or the keys' fault: its
    start has failed, and another may do better.
    """
    try:
        if why is None:
            whole = box.assemble(hardware, arithmetic=Arithmetic())
            console.say("ready")
            return whole
    except (BadSettings, NoKeys) as wrong:
        why = wrong
    except Exception as crash:  # a siren is more than a Box that starts over and over
        if slot is not None and not slot.is_confirmed():
            raise
        why = type(crash).__name__ + " " + str(crash)
    console.say("safe mode: " + _sentence(why))
    return safe_mode.assemble(hardware, why)


def _try_randomness(journal):
    try:
        randomness.secret(1)
    except randomness.NoRandomness as why:
        journal.note("random", str(why))


def _confirming(slot, clock):
    """Return the service that trusts a slot once the Box has run from it for 10 minutes."""

    async def run():
        await clock.sleep_ms(_CONFIRMED_MS)
        slot.confirm()
        while True:
            await clock.sleep_ms(_CONFIRMED_MS)

    return run


def _hand_over(hardware):
    """Silence everything, then leave the console to the technician."""
    micropython.kbd_intr(-1)  # a second Ctrl-C must not cut this short
    technician.arrive()
    if hardware is not None:
        asyncio.new_event_loop()  # what waited in the old one never goes on
        asyncio.run(hardware.silence())
    gpio.switches_off()
    console.say("stopped; this console is yours for %d minutes" % technician.MINUTES)
    micropython.kbd_intr(_CTRL_C)


def _write_down(crash, journal):
    sentence = "ended: " + type(crash).__name__ + " " + str(crash)
    console.say(sentence)
    if journal is not None:
        journal.note("main", sentence)


def _sentence(why):
    return str(why) or type(why).__name__  # a MemoryError says nothing
