"""The shapes of hardware that firmware asks for.

Read by people and type checkers only: never imported, never on a Box.  Boards and
fakes have these shapes; nobody inherits them, and nobody asks whether a part is simulated.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from drivers.outcomes import Outcome

T = TypeVar("T")
Service = tuple[str, Callable[[], Awaitable[None]]]
Part = tuple[str, int, int] | tuple[str, str] | tuple[str, int]

class Clock(Protocol):
    def ticks_ms(self) -> int:
        """Return milliseconds since the start."""
    def since_ms(self, earlier: int) -> int: ...
    def uptime_s(self) -> int:
        """Return whole seconds since this process or board started; never wraps."""
    async def sleep_ms(self, ms: int) -> None: ...
    async def within(self, ms: int, awaitable: Awaitable[T]) -> T:
        """Await it, or raise drivers.errors.NoReply once ms have passed."""

class Modem(Protocol):
    async def send(self, data: bytes) -> Outcome:
        """Hand data to the carrier; ends in SENT, REFUSED or UNKNOWN, never in DriverError."""
    async def receive(self) -> bytes:
        """Wait for the next payload from the county, or raise DriverError."""
    def wait_ms(self) -> int:
        """Return how long its carrier makes the next send wait, in ms; 0: it may go now."""

class Reading(Protocol):
    """What an amplifier measured at its output just now."""

    @property
    def volts_mv(self) -> int: ...
    @property
    def amps_ma(self) -> int: ...
    @property
    def microphone_db(self) -> int | None:
        """Return None where no microphone is fitted."""

class Amplifier(Protocol):
    async def wake(self, volume_pct: int) -> None:
        """Power the output stage and set the volume, read back, or raise DriverError."""
    async def measure(self) -> Reading:
        """Measure the output, or raise DriverError.  Also feeds the comm-loss timeout."""
    async def stop(self) -> None:
        """Mute and power down, or raise DriverError.  Safe at any time, first after a reset."""

class Player(Protocol):
    def start(self, parts: Sequence[Part]) -> None:
        """Begin ("tone", hz, ms), ("clip", name), ("silence", ms) parts, or raise DriverError."""
    def sounding(self) -> int | None:
        """Return the index of the part sounding now, or None when all is over."""
    def failure(self) -> str | None:
        """Return why the last programme ended early, or None."""
    def has_clip(self, name: str) -> bool: ...
    def has_voice(self) -> bool:
        """Return whether it can speak a ("text", words) part."""
    def length_ms(self, parts: Sequence[Part]) -> int:
        """Return how long these parts sound, in ms; DriverError if a clip is missing."""
    def stop(self) -> None: ...

class Button(Protocol):
    async def pressed(self) -> None:
        """Wait for a debounced press."""
    async def released(self) -> int:
        """Wait for the release after pressed(); return how long it was held, in ms."""

class Lamp(Protocol):
    def show(self, pattern: tuple[int, ...]) -> None: ...

class Store(Protocol):
    @property
    def state(self) -> str:
        """Return "kept", "formatted" (was blank or foreign) or "damaged" (a record was lost)."""
    def items(self) -> Iterable[tuple[bytes, bytes]]:
        """Return all (key, value), in order of key."""
    def get(self, key: bytes) -> bytes | None: ...
    def put(self, key: bytes, value: bytes) -> None:
        """Keep value under key: on flash when this returns, or raise drivers.errors.StoreFull."""
    def remove(self, key: bytes) -> None: ...
    def free_pct(self) -> int: ...

class Cell(Protocol):
    """A few hundred bytes written whole, apart from the store."""

    def read(self) -> bytes: ...
    def write(self, data: bytes) -> None: ...

class Lines(Protocol):
    """Where the Journal goes: text lines, bounded, the oldest fall off."""

    def append(self, line: str) -> None: ...
    def last(self) -> str: ...

class Watchdog(Protocol):
    def feed(self) -> None: ...

class Hardware(Protocol):
    """Everything a board brings.  boards/<board>/hardware.py builds one."""

    @property
    def clock(self) -> Clock: ...
    @property
    def store(self) -> Store: ...
    @property
    def keyring_cells(self) -> Sequence[Cell]: ...
    @property
    def unique_id(self) -> bytes: ...
    @property
    def settings(self) -> dict[str, Any]: ...
    @property
    def journal_lines(self) -> Lines: ...
    @property
    def tables(self) -> bytes | memoryview:
        """The text tables as protocol.table_area has them, read where they lie; may be empty."""
    @property
    def roads(self) -> Sequence[tuple[str, str, Modem]]:
        """(name, kind, modem); kind is a key of firmware.roads.KINDS."""
    @property
    def amplifier(self) -> Amplifier: ...
    @property
    def player(self) -> Player: ...
    @property
    def call_points(self) -> Sequence[tuple[int, str, Button, Lamp]]:
        """(number, kind, button, lamp); kind is a word of protocol.schema.CALL_KIND."""
    @property
    def watchdog(self) -> Watchdog: ...
    @property
    def reset_cause(self) -> str:
        """Return a word of protocol.schema.RESET."""
    @property
    def services(self) -> Sequence[Service]:
        """The run() of every driver that has one: lamps, player, modems."""
