"""What went out on the loudspeaker line, kept as a WAV that runs with the wall clock."""

import json
import os
import struct
from pathlib import Path

from host_tools.sim.artefacts import Log

RATE_HZ = 8000
SAMPLE_BYTES = 2
HEADER_BYTES = 44
LATE_S = 0.3  # a chunk later than this leaves a gap; a smaller delay is only jitter
MOST_SAMPLES = 2**30  # 37 hours: the sizes in a WAV header have 32 bits


class Recording:
    """FOLDER/line.wav and FOLDER/stamps.jsonl; a process that was killed goes on with both."""

    def __init__(self, folder: Path, now: float):
        folder.mkdir(parents=True, exist_ok=True)
        wav, stamps = folder / "line.wav", folder / "stamps.jsonl"
        begun = _begun(stamps) if wav.is_file() else None
        self._file = os.open(wav, os.O_RDWR | os.O_CREAT | (os.O_TRUNC if begun is None else 0))
        self._begun = now if begun is None else begun
        size = os.fstat(self._file).st_size
        self._samples = max(0, size - HEADER_BYTES) // SAMPLE_BYTES
        self.keep_header()
        self._stamps = Log(stamps)
        if begun is None:
            self._stamps.write(now, sample=0, count=0, rate=RATE_HZ)

    def add(self, pcm: bytes, arrived: float) -> None:
        """Keep one chunk of samples that arrived at this time, in seconds since 1970."""
        late_s = arrived - self._begun - self._samples / RATE_HZ
        position = self._samples + (round(late_s * RATE_HZ) if late_s > LATE_S else 0)
        count = len(pcm) // SAMPLE_BYTES
        if position + count > MOST_SAMPLES:
            return
        # Whatever lies between the old end and here reads as zeros.
        os.pwrite(self._file, pcm, HEADER_BYTES + position * SAMPLE_BYTES)
        self._samples = position + count
        self._stamps.write(arrived, sample=position, count=count)

    def keep_header(self) -> None:
        """Write the sizes into the header, so that any player can open the file now."""
        os.pwrite(self._file, _header(self._samples * SAMPLE_BYTES), 0)

    def close(self) -> None:
        self.keep_header()
        os.close(self._file)
        self._stamps.close()


def _begun(stamps: Path) -> float | None:
    """Return when an earlier process began this recording, or None if none did."""
    try:
        with stamps.open() as lines:
            return float(json.loads(lines.readline(200))["t"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def _header(data_bytes: int) -> bytes:
    """Return the header of a WAV of 16-bit mono PCM (RIFF, "fmt " of 16 bytes, "data")."""
    rate = (RATE_HZ, RATE_HZ * SAMPLE_BYTES)
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, *rate, SAMPLE_BYTES, 16)
    riff = struct.pack("<4sI4s", b"RIFF", HEADER_BYTES - 8 + data_bytes, b"WAVE")
    return riff + form + struct.pack("<4sI", b"data", data_bytes)
