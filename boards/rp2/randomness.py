"""Random bytes nobody can guess, or a refusal: the one door to the chip's source of them.

A source that died gives the same bytes again and again: an emulator's at once, an oscillator
whose bit is stuck after 93, for MicroPython stirs its bits.  A Box makes no keys today: the
county does.  Whoever makes one here gets its bytes from secret().
"""

import os

_DRAWS = 20
_DRAW_BYTES = 16
_LEAST_BYTES = 128  # different ones in 320 that are drawn; a fair source has about 180
_REPEATED_BYTES = 8  # no fair source gives the same eight twice in a few hundred


class NoRandomness(Exception):
    """No key may be made of what this source gives."""


def secret(count, draw=os.urandom):
    """Return count random bytes, or raise NoRandomness if their source repeats itself."""
    tried = b"".join([draw(_DRAW_BYTES) for _ in range(_DRAWS)])
    drawn = draw(count)
    if len(set(tried)) < _LEAST_BYTES or _repeats_itself(tried + drawn):
        raise NoRandomness("it repeats itself: no key may be made on this Box")
    return drawn


def _repeats_itself(drawn):
    for at in range(len(drawn) - _REPEATED_BYTES):
        if drawn.find(drawn[at : at + _REPEATED_BYTES], at + 1) >= 0:
            return True
    return False
