"""Tones and silence as samples: signed 16-bit little-endian, one channel, 8000 a second."""

from array import array

from drivers.errors import CannotPlay

SAMPLES_A_SECOND = 8_000
BYTES_A_SAMPLE = 2

_AMPLITUDE = 29_000  # 1 dB below full scale
_LOWEST_HZ, _HIGHEST_HZ = 50, 3_500
_STEP_HZ = 10
_MOST_MS = 600_000
_PIECE_BYTES = 256
_SILENCE = memoryview(bytes(_PIECE_BYTES))


class Tone:
    """A sine that begins at zero, so that nothing clicks; made when it is first read.

    It sounds at the nearest 10 Hz, so that all of it is a repetition of 800 samples at most.
    """

    def __init__(self, hz, ms):
        if not _LOWEST_HZ <= hz <= _HIGHEST_HZ:
            raise CannotPlay("a tone of %d Hz: expected 50 to 3500" % hz)
        self._hz = hz
        self._left = _bytes_in(ms)
        self._period = memoryview(b"")
        self._at = 0
        self.samples = self._left // BYTES_A_SAMPLE

    def readinto(self, buffer):
        """Fill this memoryview as far as there is sound; return how many bytes, 0 at the end."""
        if not self._period:
            self._period = _repeated(whole_periods(self._hz))
        count = min(len(buffer), self._left)
        self._at = _fill(buffer[:count], self._period, self._at)
        self._left -= count
        return count

    def close(self):
        """A tone holds nothing open."""


class Silence:
    def __init__(self, ms):
        self._left = _bytes_in(ms)
        self.samples = self._left // BYTES_A_SAMPLE

    def readinto(self, buffer):
        """As for a Tone."""
        count = min(len(buffer), self._left)
        _fill(buffer[:count], _SILENCE, 0)
        self._left -= count
        return count

    def close(self):
        """Silence holds nothing open."""


def _bytes_in(ms):
    if not 0 <= ms <= _MOST_MS:
        raise CannotPlay("a sound of %d ms: expected 0 to 600000" % ms)
    return ms * SAMPLES_A_SECOND // 1000 * BYTES_A_SAMPLE


def whole_periods(hz):
    """Return the samples, 8 to 800, after which a tone of nearly this many Hz repeats exactly."""
    hz = (hz + _STEP_HZ // 2) // _STEP_HZ * _STEP_HZ
    count = SAMPLES_A_SECOND // _common_divisor(SAMPLES_A_SECOND, hz)
    samples = array("h", bytes(BYTES_A_SAMPLE * count))
    for k in range(count):
        samples[k] = _sine(2 * hz * k)
    return bytes(samples)


def _sine(phase):
    """Return the sample where 8000 is half a period.

    Bhaskara's formula, true within 0.2 % of full scale: 16 x (h - x) / (5 h^2 - 4 x (h - x)),
    with both sides divided by 16384 so that a small board's numbers stay small.
    """
    half = SAMPLES_A_SECOND
    x = phase % half
    product = x * (half - x)
    height = (product >> 10) * _AMPLITUDE // ((5 * half * half >> 14) - (product >> 12))
    return height if phase // half % 2 == 0 else -height


def _common_divisor(one, other):
    while other:
        one, other = other, one % other
    return one


def _repeated(period):
    """Return the period so often that it is long enough to be copied in few pieces."""
    return memoryview(period * max(_PIECE_BYTES // len(period), 1))


def _fill(buffer, period, at):
    """Fill the buffer with repetitions, from byte `at` of one; return where the next goes on."""
    done = 0
    while done < len(buffer):
        count = min(len(period) - at, len(buffer) - done)
        buffer[done : done + count] = period[at : at + count]
        done += count
        at = (at + count) % len(period)
    return at
