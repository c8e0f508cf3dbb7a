"""One BeiDou terminal with its card, and everything that can go wrong with it."""

import math
from collections.abc import Callable

from host_tools.sim import beidou_line as line
from host_tools.sim import words
from host_tools.sim.beidou_air import Air
from host_tools.sim.beidou_troubles import Troubles
from host_tools.sim.beidou_words import Answer, Card, Dialect, Message
from host_tools.sim.iridium_at import Later, Timer

OPEN, CLOSE = b"2", b"1"
LONGEST_PERIOD_S = 3600


class Terminal:
    """Speaks through say(bytes); where a message goes, and how often, is the air's business."""

    def __init__(
        self,
        card: Card,
        dialect: Dialect,
        air: Air,
        later: Later,
        sending_s: float,
        say: Callable[[bytes], None],
    ):
        self.card = card
        self.troubles = Troubles()
        self._dialect = dialect
        self._say = say
        self._air = air
        self._later = later
        self._sending_s = sending_s
        self._reader = line.Reader()
        self._period_s = 0
        self._reporting: Timer | None = None

    def receive(self, data: bytes) -> None:
        """Take what is written to the terminal."""
        if not self.troubles.power:
            return
        for body in self._reader.feed(data):
            fields = body.split(b",")
            if fields[0] in self._dialect.card_questions:
                card = self.card if self.troubles.card else None
                self._tell(self._dialect.card(card))
            elif fields[0] == b"CCRMO":
                self._report(fields[1:])
            elif fields[0] == self._dialect.send:
                self._request(fields)

    def hears(self) -> bool:
        """Can what the satellite sends to the card reach the line now?"""
        troubles = self.troubles
        return troubles.power and troubles.card and troubles.signal

    def deliver(self, message: Message) -> None:
        """Tell a message that has arrived."""
        for _ in range(2 if self.troubles.duplicate else 1):
            self._tell(self._dialect.arrival(message))

    def switch(self, on: bool) -> None:
        """Power on or off: what it was told to report is forgotten, the card keeps its time."""
        self.troubles.power = on
        self._reader = line.Reader()
        self._stop_reporting()

    def _tell(self, body: bytes, error: int = 0) -> None:
        self._say(line.sentence(body, error))

    def _report(self, wanted: list[bytes]) -> None:
        """Begin or end to tell the beams: `BSI,2,10` is every 10 s, `BSI,2,0` once."""
        if wanted[:1] != [self._dialect.beams_name] or len(wanted) != 3:
            return
        self._stop_reporting()
        try:
            self._period_s = words.whole(wanted[2].decode("ascii"), 0, LONGEST_PERIOD_S)
        except ValueError:
            return
        if wanted[1] == OPEN:
            self._tell_beams()

    def _tell_beams(self) -> None:
        self._tell(self._dialect.beams(self.troubles.signal))
        if self._period_s:
            self._reporting = self._later(self._period_s, self._tell_beams)

    def _stop_reporting(self) -> None:
        if self._reporting is not None:
            self._reporting.cancel()
        self._reporting = None

    def _request(self, fields: list[bytes]) -> None:
        try:
            message = self._dialect.request(fields, self.card.number)
        except ValueError:
            return
        answer, wait_s = self._judged(message)
        if answer is not Answer.SENT:
            self._tell(self._dialect.feedback(answer, wait_s, self.card.interval_s))
        elif self.troubles.happens("refuse"):
            self._tell(self._dialect.yes_but(self.troubles.reason))
        else:
            self._air.begin(self.card)
            self._later(self._sending_s, lambda: self._transmitted(message))

    def _judged(self, message: Message) -> tuple[Answer, int]:
        """Return what a real terminal would say, and how long its card still rests, in s."""
        troubles = self.troubles
        if not troubles.card:
            return Answer.NO_CARD, 0
        if left_s := self._air.left_s(self.card):
            self._air.count_early(self.card, left_s)
            return Answer.EARLY, math.ceil(left_s)
        refusals = (
            (troubles.silence, Answer.SILENCE),
            (troubles.suppressed, Answer.SUPPRESSED),
            (not troubles.signal, Answer.UNLOCKED),
            (not self._dialect.fits(message, self.card.level), Answer.REFUSED),
        )
        return next((answer for wrong, answer in refusals if wrong), Answer.SENT), 0

    def _transmitted(self, message: Message) -> None:
        self._air.carry(message, lost=self.troubles.happens("lose"))
        told = line.sentence(self._dialect.feedback(Answer.SENT, 0, self.card.interval_s))
        if not self.troubles.power or self.troubles.happens("mute"):
            return
        if self.troubles.happens("half"):
            told = told[: len(told) // 2]
        elif self.troubles.happens("wrong"):
            told = line.sentence(told[1:-5], line.WRONG)
        self._say(told)
