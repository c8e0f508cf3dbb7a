"""Run on the chip itself: how long an order's signature takes, plainly and with the board's help.

Prints one line of JSON: for each arithmetic the milliseconds of the first order after boot and of
the next, the longest step, the steps, the bytes a Verifier and one key keep, and those it throws
away in one verification.  It stops at a verdict that is wrong.  The order is REFERENCE_ORDER of
tests/shared/ed25519_vectors.py.
"""

import gc
import json
import time
from binascii import unhexlify

from boards.rp2 import technician
from boards.rp2.field25519 import Arithmetic
from protocol.ed25519 import PLAIN, Verifier

KEY = unhexlify("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNED = unhexlify(
    "846a5369676e61747572653143a10127581866656e677375692f31515a733d73"
    "20b35ba220f0010111e05845011a000f34800c020303015838102972bb044d96"
    "df2871ba034c95de2770b9024b94dd266fb8014a93dc256eb7004992db246db6"
    "ff4891da236cb5fe4790d9226bb4fd468f"
)
SIGNATURE = unhexlify(
    "f0ce4490dae5a0f3fe7c5c72aeffba14e63919391db411a8d5ab58a5979d8059"
    "47abebd1904c995a13c5270ba04bd6d26018cbfdfc0ed8dcf9600adf39226809"
)


def measured(make_arithmetic):
    kept = heap_bytes()
    verifier = Verifier(arithmetic=make_arithmetic())
    first_us = times_us(verifier, SIGNED, True)
    kept = heap_bytes() - kept
    cached_us = times_us(verifier, SIGNED, True)
    forged_us = times_us(verifier, SIGNED[:-1] + b"\x00", False)
    return {
        "first_ms": sum(first_us) / 1000,
        "cached_ms": sum(cached_us) / 1000,
        "longest_step_ms": max(first_us + cached_us + forged_us) / 1000,
        "steps": len(first_us),
        "heap_delta": kept,
        "garbage": garbage_bytes(verifier),
    }


def times_us(verifier, signed, expected):
    """Return how long each step took."""
    gc.collect()
    steps = verifier.verify_steps(KEY, signed, SIGNATURE)
    times = []
    verdict = None
    while verdict is None:
        begun_us = time.ticks_us()
        try:
            next(steps)
        except StopIteration as end:
            verdict = end.value
        times.append(time.ticks_diff(time.ticks_us(), begun_us))
    if verdict is not expected:
        raise AssertionError("the verdict is %s" % verdict)
    return times


def garbage_bytes(verifier):
    """Return how many bytes are asked for in one verification and soon thrown away."""
    garbage = 0
    gc.disable()
    before = heap_bytes()
    for _ in verifier.verify_steps(KEY, SIGNED, SIGNATURE):
        garbage += gc.mem_alloc() - before
        before = heap_bytes()
    gc.enable()
    return garbage


def heap_bytes():
    gc.collect()
    return gc.mem_alloc()


technician.arrive()  # else the watchdog of the Box that was stopped bites
print(json.dumps({"plain": measured(lambda: PLAIN), "injected": measured(Arithmetic)}))
