"""A BeiDou command terminal on an open serial line: asked for its card, asked to send, heard."""

import asyncio
from collections.abc import Callable
from typing import Any

import serial

from host_tools.gateway import beidou_words as words
from host_tools.gateway.beidou_words import Card, Feedback, Message
from host_tools.gateway.clock import Clock

USUAL_BAUD = 115_200
CARD_PATIENCE_S = 3.0  # for the answer to one question
SEND_PATIENCE_S = 20.0  # a transmission takes up to 8 s
_MOST_READ = 4_096


class Lost(Exception):
    """There is no terminal to speak to any more; the argument says why."""


class Line:
    """A serial port of this machine, opened for nobody else."""

    def __init__(self, port: str, baud: int):
        """Open it, or raise Lost."""
        try:
            self._port = serial.Serial(port, baud, timeout=0, write_timeout=1, exclusive=True)
        except (OSError, ValueError) as why:
            raise Lost(f"{port} cannot be opened: {why}") from None

    def close(self) -> None:
        self._port.close()

    def write(self, data: bytes) -> None:
        try:
            self._port.write(data)
        except OSError as why:
            raise Lost(f"the line is broken: {why}") from None

    async def read(self) -> bytes:
        """Wait for something and return it, or raise Lost."""
        loop, come = asyncio.get_running_loop(), asyncio.Event()
        try:
            descriptor = self._port.fileno()
            loop.add_reader(descriptor, come.set)
            try:
                await come.wait()
            finally:
                loop.remove_reader(descriptor)
            return self._port.read(_MOST_READ)
        except OSError as why:
            raise Lost(f"the line is broken: {why}") from None


class Terminal:
    """heard(message) is called with what other cards sent."""

    def __init__(self, line: Any, clock: Clock, heard: Callable[[Message], None]):
        self._line = line
        self._clock = clock
        self._heard = heard
        self._questions = list(words.ASK_CARD)
        self._card: Card | None = None
        self._card_came = asyncio.Event()
        self._feedback: Feedback | None = None
        self._feedback_came = asyncio.Event()

    async def listen(self) -> None:
        """Take in what the line brings, until it is Lost."""
        reader = words.Reader()
        while True:
            for sentence in reader.feed(await self._line.read()):
                self._take(words.meaning(sentence))

    async def card(self) -> Card:
        """Return what card it has, asked in either dialect, or raise Lost."""
        for question in tuple(self._questions):
            came = await self._answered(question, self._card_came, CARD_PATIENCE_S)
            if not came or self._card is None:
                continue
            if not self._card.is_there:
                raise Lost("the BeiDou terminal has no card")
            self._questions.remove(question)
            self._questions.insert(0, question)  # its own dialect comes first from now on
            return self._card
        raise Lost("the BeiDou terminal does not answer")

    async def send(self, card: Card, to: str, payload: bytes) -> Feedback | None:
        """Ask for one message; return what the terminal says became of it, if it does."""
        sentence = words.request(card, to, payload)
        came = await self._answered(sentence, self._feedback_came, SEND_PATIENCE_S)
        return self._feedback if came else None

    async def _answered(self, sentence: bytes, came: asyncio.Event, patience_s: float) -> bool:
        """Say it; return whether its answer came in time."""
        came.clear()
        self._line.write(sentence)
        return await self._clock.wait(came, patience_s)

    def _take(self, said: Card | Feedback | Message | None) -> None:
        if isinstance(said, Message):
            self._heard(said)
        elif isinstance(said, Card):
            self._card = said
            self._card_came.set()
        elif isinstance(said, Feedback):
            self._feedback = said
            self._feedback_came.set()
