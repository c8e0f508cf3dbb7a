"""What went out on the loudspeaker line: the samples, and when each of them was heard."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.audit.words import Unreadable

Samples = NDArray[np.float64]

RATE_HZ = 8000
HEADER_BYTES = 44
QUIET = 300  # of 32768: below this nobody hears anything


class Chunk(NamedTuple):
    """Samples that arrived together; plays_at is when the loudspeaker gets to the first."""

    arrived: float
    plays_at: float
    begin: int
    end: int


class Recording(NamedTuple):
    samples: Samples
    chunks: list[Chunk]


class Take(NamedTuple):
    """The samples of some chunks, one after the other, without the gaps between them."""

    samples: Samples
    starts: NDArray[np.int64]  # of each chunk within samples
    plays_at: NDArray[np.float64]

    def when(self, index: int) -> float:
        """Return when this sample was heard, in seconds since 1970."""
        chunk = int(np.searchsorted(self.starts, index, side="right")) - 1
        return float(self.plays_at[chunk] + (index - self.starts[chunk]) / RATE_HZ)

    def longest_gap_s(self, begin: int, end: int) -> float:
        """Return the longest pause that the Box made between two chunks from begin to end."""
        lengths = np.diff(self.starts) / RATE_HZ
        gaps = np.diff(self.plays_at) - lengths
        within = (self.starts[1:] > begin) & (self.starts[1:] < end)
        return float(gaps[within].max(initial=0.0))


def read_recording(path: Path, stamps: list[dict[str, Any]]) -> Recording:
    """Return the recording; its length is the file's, for a recorder may have been killed."""
    samples = _samples(path, path.read_bytes())
    chunks: list[Chunk] = []
    stamped = np.zeros(len(samples), bool)
    for stamp in stamps:
        begin, end = stamp["sample"], stamp["sample"] + stamp["count"]
        if end > len(samples):
            raise Unreadable(f"{path} is shorter than its stamps say")
        if end > begin:
            chunks.append(Chunk(stamp["t"], max(stamp["t"], _silent_from(chunks)), begin, end))
            stamped[begin:end] = True
    if np.count_nonzero(np.abs(samples[~stamped]) > QUIET) > RATE_HZ // 10:
        raise Unreadable(f"{path} holds sound that no stamp tells the time of")
    return Recording(samples, chunks)


def read_clip(path: Path) -> Samples:
    """Return a recorded voice, 16-bit mono at 8000 Hz."""
    return _samples(path, path.read_bytes())


def takes(recording: Recording, wakes: list[float]) -> list[Take]:
    """Return the sound in pieces; a new one begins where the amplifier was switched on."""
    groups: dict[int, list[Chunk]] = {}
    for chunk in recording.chunks:
        groups.setdefault(int(np.searchsorted(wakes, chunk.arrived)), []).append(chunk)
    return [_take(recording.samples, chunks) for chunks in groups.values()]


def _take(samples: Samples, chunks: list[Chunk]) -> Take:
    lengths = [chunk.end - chunk.begin for chunk in chunks]
    return Take(
        np.concatenate([samples[chunk.begin : chunk.end] for chunk in chunks]),
        np.cumsum([0, *lengths[:-1]]),
        np.array([chunk.plays_at for chunk in chunks]),
    )


def _silent_from(chunks: list[Chunk]) -> float:
    """Return when the loudspeaker has played what it was given: a Box may give it ahead."""
    if not chunks:
        return 0.0
    last = chunks[-1]
    return last.plays_at + (last.end - last.begin) / RATE_HZ


def _samples(path: Path, data: bytes) -> Samples:
    """Return the samples of a WAV whose header is the plain 44 bytes (RIFF, PCM)."""
    rate, bits = int.from_bytes(data[24:28], "little"), int.from_bytes(data[34:36], "little")
    shape = (data[:4], data[8:16], data[20:24], rate, bits)
    if shape != (b"RIFF", b"WAVEfmt ", b"\1\0\1\0", RATE_HZ, 16):
        raise Unreadable(f"{path} is not a WAV of 16-bit mono samples, 8000 a second")
    whole = (len(data) - HEADER_BYTES) // 2 * 2
    return np.frombuffer(data, "<i2", whole // 2, HEADER_BYTES).astype(np.float64)
