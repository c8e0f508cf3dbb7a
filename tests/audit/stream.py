"""The bytes that went one way over a line, and when each of them did."""

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any, NamedTuple


class Stream(NamedTuple):
    """data in one piece; the part that begins at starts[i] went at times[i]."""

    data: bytes
    times: list[float]
    starts: list[int]

    def when(self, index: int) -> float:
        return self.times[bisect_right(self.starts, index) - 1]


def of(lines: Iterable[dict[str, Any]], direction: str) -> Stream:
    """Return what a log's lines say went this way, ">" to the device or "<" from it."""
    data, times, starts = bytearray(), [], []
    for line in lines:
        if line.get("dir") == direction:
            times.append(line["t"])
            starts.append(len(data))
            data += bytes.fromhex(line["hex"])
    return Stream(bytes(data), times, starts)
