"""Whether the chip's source of randomness can be trusted with a key.

A source that died gives the same bytes again and again; an emulator's does.  A Box makes no
keys today: the county does.  Whoever makes one here asks this first.
"""

_DRAWS = 8
_DRAW_BYTES = 16
_LEAST_BYTES = 64  # different ones in 128 that are drawn; a fair source has about 100


def is_alive(draw):
    """draw(count) returns random bytes, as os.urandom does; return False if it repeats itself."""
    draws = [bytes(draw(_DRAW_BYTES)) for _ in range(_DRAWS)]
    return len(set(draws)) == _DRAWS and len(set(b"".join(draws))) >= _LEAST_BYTES
