"""What comes in: bytes off a road, a genuine frame, a message that is kept."""

from typing import Any, NamedTuple

IP, SBD, BEIDOU = "ip", "sbd", "beidou"  # the roads, as the database names them


class Arrival(NamedTuple):
    raw: bytes
    bearer: str  # IP, SBD or BEIDOU
    sender: str  # "host:port", the modem's IMEI, or the card's number
    at: float  # seconds since 1970
    broken: str = ""  # why the road itself could not take it apart


class Genuine(NamedTuple):
    """A frame that its Box sealed and nobody has seen before; box is the Box's row."""

    box: Any
    header: Any
    epoch: int
    message: Any


class Kept(NamedTuple):
    """A message that was just stored."""

    id: int
    box: int
    issue: int
    epoch: int
    seq: int
    received_at: float

    @property
    def mark(self) -> int:
        """Which of a Box's messages is newer: the one with the higher mark."""
        return self.epoch << 24 | self.seq
