"""What is more urgent goes first; where there is no room for all, the less urgent gives way."""

from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

from protocol import frame

DANGER, OWED, REST = range(3)

Waiting = TypeVar("Waiting")


def urgency_of(payload: bytes) -> int:
    """Danger is what people signed for life; that header is read whole or in a piece."""
    mode, priority = payload[0] >> 4 & 7, payload[1] & 7
    return DANGER if mode == frame.SIGNED and priority == 0 else REST


class ByUrgency(Generic[Waiting]):
    """A queue for each urgency, with room for so many in all of them together."""

    def __init__(self, most: int):
        self._most = most
        self._queues: tuple[deque[Waiting], ...] = (deque(), deque(), deque())

    def __len__(self) -> int:
        return sum(map(len, self._queues))

    def __iter__(self) -> Iterator[deque[Waiting]]:
        """Yield the queues, the most urgent first."""
        return iter(self._queues)

    def __getitem__(self, urgency: int) -> deque[Waiting]:
        return self._queues[urgency]

    def put(self, urgency: int, waiting: Waiting) -> None:
        """Let this wait too; among equals who came first stays."""
        if len(self) >= self._most:
            lowest = max(u for u, queue in enumerate(self._queues) if queue)
            if urgency >= lowest:
                return
            self._queues[lowest].pop()
        self._queues[urgency].append(waiting)
