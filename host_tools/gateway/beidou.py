"""The BeiDou road: a command terminal at the county hears every Box and has one slot for all.

What waits while the terminal is away is kept; a message whose fate is not known is left to whoever
retries it.
"""

import asyncio
from collections.abc import Callable
from contextlib import closing
from typing import Any

from host_tools.gateway.arrivals import BEIDOU, Arrival
from host_tools.gateway.beidou_terminal import Line, Lost, Terminal
from host_tools.gateway.beidou_words import MOST_PAYLOAD, Card, Message
from host_tools.gateway.clock import Clock
from host_tools.gateway.slot import Slot
from host_tools.gateway.trouble import Trouble
from host_tools.gateway.turns import Maker, Turns, Wanted

MARGIN_S = 2  # the card's own counter may be off by so much
CHECKED_EACH_S = 60  # so often an idle terminal is asked whether it is there
_REOPENED_AFTER_S = (1, 2, 5, 10, 30, 60)


class BeidouRoad:
    """note(line) is called when the terminal is in trouble and when it is well again."""

    def __init__(self, port: str, baud: int, clock: Clock, note: Callable[[str], None]):
        self._port = port
        self._baud = baud
        self._clock = clock
        self._offer: Any = None
        self._turns = Turns(MOST_PAYLOAD, clock)
        self._slot = Slot(clock)
        self._number: str | None = None  # of the card whose slot that is
        self._failures = 0
        self._away = Trouble(note, "the BeiDou terminal is there again")
        self._mute = Trouble(note, "the BeiDou terminal sends again")

    def open(self, offer: Callable[[Arrival], Any]) -> None:
        """Let offer(arrival) take what comes."""
        self._offer = offer

    def send(self, card: str, payload: bytes) -> None:
        """Send a frame, or a piece of one, of at most 77 bytes when it is its turn."""
        self._turns.add(card, payload)

    def ask(self, maker: Maker) -> None:
        """Call maker() for [(card, frame)] when it is the turn of what Boxes are owed."""
        self._turns.ask(maker)

    def drop_unless(self, is_wanted: Wanted) -> None:
        """Ask is_wanted(card, SEQ) of what was to be sent when it is its turn."""
        self._turns.drop_unless(is_wanted)

    async def run(self) -> None:
        while True:
            try:
                with closing(Line(self._port, self._baud)) as line:
                    await self._speak(Terminal(line, self._clock, self._heard))
            except Lost as why:
                self._away.say(str(why))
            rest = min(self._failures, len(_REOPENED_AFTER_S) - 1)
            self._failures += 1
            await self._clock.sleep(_REOPENED_AFTER_S[rest])

    async def _speak(self, terminal: Terminal) -> None:
        """Use this terminal until it is Lost."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(terminal.listen())
                group.create_task(self._send_for_ever(terminal))
        except* Lost as several:
            raise several.exceptions[0] from None

    async def _send_for_ever(self, terminal: Terminal) -> None:
        while True:
            card = await terminal.card()
            self._away.say(None)
            if card.number != self._number:
                self._number = card.number
                self._slot.close(card.interval_s + MARGIN_S)  # when was it used last?
            elif self._slot.is_open and self._turns.any.is_set():
                await self._send_next(terminal, card)
            await self._slot.opened()
            await self._clock.wait(self._turns.any, CHECKED_EACH_S)
            self._failures = 0

    async def _send_next(self, terminal: Terminal, card: Card) -> None:
        load = await self._turns.next()
        if load is None:
            return
        self._slot.close(card.interval_s + MARGIN_S)
        feedback = await terminal.send(card, load.to, load.payload)
        if feedback is None:
            self._mute.say("the BeiDou terminal does not say what became of a message")
            return
        if feedback.wait_s:
            self._slot.close(feedback.wait_s + MARGIN_S)
        if feedback.refusal is None:
            self._mute.say(None)
        else:
            self._mute.say(f"the BeiDou terminal does not send: {feedback.refusal}")
            self._turns.refused(load)

    def _heard(self, message: Message) -> None:
        self._offer(
            Arrival(message.payload, BEIDOU, message.sender, self._clock.now(), message.broken)
        )
