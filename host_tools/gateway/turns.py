"""Who is next where one message a minute goes to all Boxes: a queue of frames by urgency.

Danger first, then what Boxes are owed, then the rest, which has every fourth turn that danger
leaves.  Small frames for one Box ride in one message.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from host_tools.gateway.clock import Clock
from host_tools.gateway.urgency import DANGER, OWED, REST, ByUrgency, urgency_of
from protocol import containers, frame

MOST_WAITING = 512  # frames and pieces
MOST_TRIES = 3  # of one message that surely was not sent; then it is left to whoever retries it
_TURNS_OF_FOUR = 4
_ONE_TRY_S = 1.0  # the pieces of one try come within this

Maker = Callable[[], Awaitable[list[tuple[str, bytes]]]]
Wanted = Callable[[str, int], Awaitable[bool]]


class Waiting(NamedTuple):
    to: str
    data: bytes
    since: float
    tries: int = 0

    @property
    def frame_name(self) -> tuple[str, bytes]:
        """Return what all pieces of one frame for one Box have in common."""
        return self.to, self.data[: frame.HEADER_BYTES]


class Load(NamedTuple):
    """One message: its payload, and what waited."""

    urgency: int
    rides: list[Waiting]

    @property
    def to(self) -> str:
        return self.rides[0].to

    @property
    def payload(self) -> bytes:
        return containers.pack([waiting.data for waiting in self.rides])


class Turns:
    """most: bytes of one message."""

    def __init__(self, most: int, clock: Clock):
        self._most = most
        self._clock = clock
        self._queues: ByUrgency[Waiting] = ByUrgency(MOST_WAITING)
        self._makers: deque[Maker] = deque()
        self._is_wanted: Wanted | None = None
        self._turn = 0
        self.any = asyncio.Event()

    def add(self, to: str, data: bytes) -> None:
        """Let a frame or a piece wait, unless it does already."""
        waiting = Waiting(to, data, self._clock.now())
        if not self._is_known(waiting):
            self._put(urgency_of(data), waiting)

    def ask(self, maker: Maker) -> None:
        """Call maker when it is the turn of what Boxes are owed; it returns [(to, frame)]."""
        self._makers.append(maker)
        self.any.set()

    def drop_unless(self, is_wanted: Wanted) -> None:
        """Ask is_wanted(to, SEQ) of what was added when its turn comes: much may have passed."""
        self._is_wanted = is_wanted

    async def next(self) -> Load | None:
        """Return what goes now, or None where nothing waits after all."""
        self.any.clear()
        first, second = self._after_danger()
        for urgency in (DANGER, first, second):
            await (self._make() if urgency == OWED else self._drop(urgency))
            if self._queues[urgency]:
                self._turn += urgency != DANGER
                return self._loaded(urgency)
        return None

    def refused(self, load: Load) -> None:
        """It surely was not sent: what did not wait too often already comes first again."""
        again = [one._replace(tries=one.tries + 1) for one in load.rides]
        kept = [one for one in again if one.tries < MOST_TRIES]
        self._queues[load.urgency].extendleft(reversed(kept))
        self.any.set()

    def _is_known(self, new: Waiting) -> bool:
        """Return whether this frame waits from an earlier try."""
        for queue in self._queues:
            for old in queue:
                if old.frame_name == new.frame_name:
                    is_other_piece = old.data != new.data
                    return not (is_other_piece and new.since - old.since < _ONE_TRY_S)
        return False

    def _put(self, urgency: int, waiting: Waiting) -> None:
        self._queues.put(urgency, waiting)
        self.any.set()

    def _after_danger(self) -> tuple[int, int]:
        return (REST, OWED) if self._turn % _TURNS_OF_FOUR == 3 else (OWED, REST)

    async def _make(self) -> None:
        while self._makers and not self._queues[OWED]:
            now = self._clock.now()
            for to, data in await self._makers.popleft()():
                self._put(OWED, Waiting(to, data, now))

    async def _drop(self, urgency: int) -> None:
        queue = self._queues[urgency]
        while queue and self._is_wanted is not None:
            first = queue[0]
            if await self._is_wanted(first.to, _seq(first.data)):
                break
            if queue and queue[0] is first:  # nothing more urgent took its room meanwhile
                queue.popleft()

    def _loaded(self, urgency: int) -> Load:
        """Take the first and whatever else for its Box there is room for."""
        first = self._queues[urgency].popleft()
        rides = [first]
        if not frame.is_fragment(first.data):
            for queue in self._queues:
                rides += self._riding(queue, rides)
        if self._makers or self._queues:
            self.any.set()
        return Load(urgency, rides)

    def _riding(self, queue: deque[Waiting], rides: list[Waiting]) -> list[Waiting]:
        room = self._most - _packed_bytes(rides)
        more: list[Waiting] = []
        for waiting in list(queue):
            size = 1 + len(waiting.data)
            fits = size <= room and len(rides) + len(more) < containers.MOST_PACKED
            if fits and waiting.to == rides[0].to and not frame.is_fragment(waiting.data):
                queue.remove(waiting)
                more.append(waiting)
                room -= size
        return more


def _packed_bytes(rides: list[Waiting]) -> int:
    return 1 + sum(1 + len(waiting.data) for waiting in rides)


def _seq(data: bytes) -> int:
    read = frame.read_fragment if frame.is_fragment(data) else frame.read
    return read(data)[0].seq
