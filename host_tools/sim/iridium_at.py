"""The serial side of the 9603: echo, command lines, counted binary data, unsolicited words."""

import re
from collections.abc import Callable
from typing import Protocol

LINE_BYTES = 128
MOST_HELD = 8  # unsolicited words that wait while the port is reserved

BASIC = re.compile(r"(E[01]?|V1|Q0?|Z[01]?|&[DK][0-3]?|&[FW][01]?)(.*)")
EXTENDED = re.compile(r"([+-][A-Z]+)(.*)")

Answer = list[str] | None  # texts before OK; None: the command says its own result
Command = Callable[[str], Answer]  # of what follows its name; ValueError is said as ERROR
Ended = Callable[[bytes], None]


class Timer(Protocol):
    def cancel(self) -> None: ...


# As asyncio's call_later: after so many seconds, this.
Later = Callable[[float, Callable[[], object]], Timer]


class Port:
    """Bytes in from the Box, bytes out through send(); `commands` are the extended ones.

    In the middle of a session the port hears nothing; while it counts binary data or runs a
    session, unsolicited words wait until the result code has been said.
    """

    def __init__(self, send: Callable[[bytes], None], later: Later):
        self.send = send
        self._later = later
        self.commands: dict[str, Command] = {}
        self.echo = True
        self._line = b""
        self._binary = b""
        self._wanted = 0
        self._ended: Ended | None = None
        self._timer: Timer | None = None
        self._in_session = False
        self._held: list[str] = []

    def receive(self, data: bytes) -> None:
        """Take what the Box has written; a command may be followed by its binary data."""
        while data and not self._in_session:
            data = self._count(data) if self._ended else self._type(data)

    def say(self, *texts: str) -> None:
        """Say each text on a line of its own, as verbose results are."""
        self.send("".join(f"\r\n{text}\r\n" for text in texts).encode())

    def finish(self, *texts: str) -> None:
        """Say the last texts of a command; what was held back follows."""
        self._in_session = False
        held, self._held = self._held, []
        self.say(*texts, *held)

    def announce(self, text: str) -> None:
        """Say an unsolicited word as soon as the port is free for it."""
        if not (self._in_session or self._ended):
            self.say(text)
        elif len(self._held) < MOST_HELD:
            self._held.append(text)

    def begin_session(self) -> None:
        """Hear nothing until finish() or abandon()."""
        self._in_session = True

    def abandon(self, text: str) -> None:
        """End a session with an answer that breaks off."""
        self._in_session = False
        self.send(f"\r\n{text}".encode())

    def count(self, wanted: int, timeout_s: float, ended: Ended) -> None:
        """Take the next `wanted` bytes as data; ended(data) gets fewer if the time runs out."""
        self._wanted, self._binary = wanted, b""
        self._ended = ended
        self._timer = self._later(timeout_s, self._counted)

    def _count(self, data: bytes) -> bytes:
        missing = self._wanted - len(self._binary)
        self._binary += data[:missing]
        if len(self._binary) == self._wanted:
            self._counted()
        return data[missing:]

    def _counted(self) -> None:
        ended, self._ended = self._ended, None
        if self._timer:
            self._timer.cancel()
        if ended:
            ended(self._binary)

    def _type(self, data: bytes) -> bytes:
        """Take characters up to the end of a command line; return those behind it."""
        typed, end, rest = data.partition(b"\r")
        if self.echo:
            self.send(typed + end)
        self._line = (self._line + typed)[: LINE_BYTES + 1]
        if end:
            line, self._line = self._line.strip(), b""
            self._answer(line)
        return rest

    def _answer(self, line: bytes) -> None:
        """Answer a command line; what does not begin with AT is noise on the wire."""
        if line[:2].upper() != b"AT":
            return
        rest = self._basic(line[2:].decode("ascii", "replace").upper())
        try:
            texts = self._extended(rest) if rest else []
        except ValueError:
            self.say("ERROR")
            return
        if texts is not None:
            self.say(*texts, "OK")

    def _basic(self, rest: str) -> str:
        """Obey the basic commands at the head of a line; return what follows them."""
        while found := BASIC.fullmatch(rest):
            word, rest = found.groups()
            if word[0] == "E":
                self.echo = word == "E1"
        return rest

    def _extended(self, text: str) -> Answer:
        found = EXTENDED.fullmatch(text)
        command = self.commands.get(found[1]) if found else None
        if found is None or command is None or len(text) > LINE_BYTES - 2:
            raise ValueError(f"no command {text!r}")
        return command(found[2])
