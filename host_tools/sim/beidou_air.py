"""Between the terminals: satellites and the centre on the ground, and each card's interval."""

import time
from collections.abc import Callable
from typing import Protocol

from host_tools.sim.artefacts import Log
from host_tools.sim.beidou_kept import Kept
from host_tools.sim.beidou_words import Card, Message
from host_tools.sim.iridium_at import Later

MOST_IN_THE_AIR = 1000
MIXED = b"A4"


class Receiver(Protocol):
    card: Card

    def hears(self) -> bool: ...

    def deliver(self, message: Message) -> None: ...


class Air:
    """Carries a message to whoever has the card it is for, after delay_s.

    A command terminal also hears what its subordinates, here all others, send to anybody.
    Nothing waits for a terminal that does not hear.  now() is in seconds since 1970.
    """

    def __init__(
        self,
        kept: Kept,
        log: Log,
        delay_s: float,
        later: Later,
        now: Callable[[], float] = time.time,
    ):
        self._terminals: list[Receiver] = []
        self._kept = kept
        self._log = log
        self._delay_s = delay_s
        self._later = later
        self._now = now

    def add(self, terminal: Receiver) -> None:
        """Have this terminal hear what is for its card."""
        self._terminals.append(terminal)

    def resume(self) -> None:
        """Go on with what was in the air when the process ended."""
        for entry in self._kept.air:
            self._arrives(entry)

    def left_s(self, card: Card) -> float:
        """Return how long a card must still rest before it may send."""
        sent_at = self._kept.sent_at.get(card.number)
        if sent_at is None:
            return 0
        return max(0.0, sent_at + card.interval_s - self._now())

    def begin(self, card: Card) -> None:
        """A card sends now: its rest begins."""
        self._kept.sent_at[card.number] = self._now()
        self._kept.save()

    def count_early(self, card: Card, left_s: float) -> None:
        """Somebody asked a card to send before its interval was over."""
        self._kept.early[card.number] = self._kept.early.get(card.number, 0) + 1
        self._kept.save()
        self._log.write(event="early", card=card.number, left_s=round(left_s, 3))

    def carry(self, message: Message, lost: bool) -> None:
        """Take a message up; a lost one goes no further."""
        way = "mt" if self._is_commanding(message.sender) else "mo"
        if lost or len(self._kept.air) >= MOST_IN_THE_AIR:
            self._note(message, event=f"{way} lost")
            return
        self._note(message, **({"dir": "mo"} if way == "mo" else {"event": "mt sent"}))
        entry = (self._now() + self._delay_s, message)
        self._kept.air.append(entry)
        self._kept.save()
        self._arrives(entry)

    def _arrives(self, entry: tuple[float, Message]) -> None:
        self._later(max(0.0, entry[0] - self._now()), lambda: self._land(entry))

    def _land(self, entry: tuple[float, Message]) -> None:
        message = entry[1]
        for terminal in self._terminals:
            if not self._is_for(message, terminal.card):
                continue
            if not terminal.hears():
                self._note(message, event="nobody hears", card=terminal.card.number)
                continue
            told = {"event": "mo arrived"} if terminal.card.commands else {"dir": "mt"}
            self._note(message, **told)
            terminal.deliver(message)
        self._kept.air.remove(entry)
        self._kept.save()

    def _is_for(self, message: Message, card: Card) -> bool:
        if _same(message.sender, card.number):
            return False
        return card.commands or _same(message.receiver, card.number)

    def _is_commanding(self, number: str) -> bool:
        return any(one.card.commands and _same(one.card.number, number) for one in self._terminals)

    def _note(self, message: Message, **told: str) -> None:
        addressed = {"sender": message.sender, "receiver": message.receiver}
        self._log.write(None, **told, **addressed, hex=payload(message.data))


def payload(data: bytes) -> str:
    """Return in hexadecimal the bytes that mixed data carry; other data as they are."""
    try:
        return bytes.fromhex(data.removeprefix(MIXED).decode("ascii")).hex()
    except ValueError:
        return data.hex()


def _same(one: str, other: str) -> bool:
    return one.lstrip("0") == other.lstrip("0")
