"""What terminals speak of: cards, messages, and what becomes of a request."""

from enum import Enum
from typing import NamedTuple, Protocol


class Card(NamedTuple):
    """What is written on a card; commands: it is a command terminal's."""

    number: str
    interval_s: int
    level: int
    commands: bool = False
    subordinates: int = 0


class Message(NamedTuple):
    """One short message; coding is the number its dialect has for it."""

    sender: str
    receiver: str
    coding: bytes
    data: bytes


class Answer(Enum):
    """What becomes of a request to send."""

    SENT = "sent"
    EARLY = "early"
    SUPPRESSED = "suppressed"
    SILENCE = "silence"
    UNLOCKED = "unlocked"
    NO_CARD = "no card"
    REFUSED = "refused"


class Dialect(Protocol):
    card_questions: tuple[bytes, ...]
    send: bytes
    beams_name: bytes
    usual_level: int

    def card(self, card: Card | None) -> bytes:
        """Return the sentence that tells the card, or that there is none."""
        ...

    def beams(self, signal: bool) -> bytes: ...

    def request(self, fields: list[bytes], sender: str) -> Message:
        """Return the message a request asks to send, or raise ValueError."""
        ...

    def fits(self, message: Message, level: int) -> bool: ...

    def feedback(self, answer: Answer, wait_s: int, interval_s: int) -> bytes: ...

    def yes_but(self, reason: int) -> bytes:
        """Return a feedback that says yes, and a reason why not."""
        ...

    def arrival(self, message: Message) -> bytes: ...
