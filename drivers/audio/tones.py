"""Tones and silence as samples: signed 16-bit little-endian, one channel, 8000 a second."""

import struct

from drivers.errors import CannotPlay

SAMPLES_A_SECOND = 8_000
BYTES_A_SAMPLE = 2

_AMPLITUDE = 29_000  # 1 dB below full scale
_LOWEST_HZ, _HIGHEST_HZ = 50, 3_500
_MOST_MS = 600_000


class Tone:
    """A sine that begins at zero, so that nothing clicks; made when it is first read."""

    def __init__(self, hz, ms):
        if not _LOWEST_HZ <= hz <= _HIGHEST_HZ:
            raise CannotPlay("a tone of %d Hz: expected 50 to 3500" % hz)
        self._hz = hz
        self._left = _bytes_in(ms)
        self._period = b""
        self._at = 0
        self.samples = self._left // BYTES_A_SAMPLE

    def read(self, most):
        """Return up to `most` bytes, b"" at the end."""
        if not self._period:
            self._period = whole_periods(self._hz)
        count = min(most, self._left)
        end = self._at + count
        data = (self._period * (end // len(self._period) + 1))[self._at : end]
        self._at = end % len(self._period)
        self._left -= count
        return data

    def close(self):
        """A tone holds nothing open."""


class Silence:
    def __init__(self, ms):
        self._left = _bytes_in(ms)
        self.samples = self._left // BYTES_A_SAMPLE

    def read(self, most):
        """Return up to `most` bytes, b"" at the end."""
        count = min(most, self._left)
        self._left -= count
        return bytes(count)

    def close(self):
        """Silence holds nothing open."""


def _bytes_in(ms):
    if not 0 <= ms <= _MOST_MS:
        raise CannotPlay("a sound of %d ms: expected 0 to 600000" % ms)
    return ms * SAMPLES_A_SECOND // 1000 * BYTES_A_SAMPLE


def whole_periods(hz):
    """Return the samples after which a tone of this many Hz repeats exactly."""
    count = SAMPLES_A_SECOND // _common_divisor(SAMPLES_A_SECOND, hz)
    return b"".join(struct.pack("<h", _sine(2 * hz * k)) for k in range(count))


def _sine(phase):
    """Return the sample where 8000 is half a period.

    Bhaskara's formula, true within 0.2 % of full scale: 16 x (h - x) / (5 h^2 - 4 x (h - x)).
    """
    half = SAMPLES_A_SECOND
    x = phase % half
    product = x * (half - x)
    height = 16 * product * _AMPLITUDE // (5 * half * half - 4 * product)
    return height if phase // half % 2 == 0 else -height


def _common_divisor(one, other):
    while other:
        one, other = other, one % other
    return one
