"""What a Quectel EC200U does with a SIM card, a network, a context and one UDP service.

Facts from the EC200U & EG915U Series TCP/IP Application Note V1.1, 2.4 and 2.5, and Quectel's
AT Commands Manuals.  Whatever is not listed is ERROR.
"""

import re
from collections import deque
from collections.abc import Callable
from typing import Protocol

from host_tools.sim import iridium_at, words
from host_tools.sim.iridium_at import Answer, Command, Later
from host_tools.sim.words import Address

LONGEST_SENT = 1460
MOST_WAITING = 32  # datagrams in the receive buffer; more are lost
DATA_TIMEOUT_S = 5.0
CHATTER = '+QIND: "csq",20,99'
SIM_ANSWERS = {"ready": "+CPIN: READY", "pin": "+CPIN: SIM PIN", "none": "+CME ERROR: 10"}
NOT_SEARCHING, HOME, SEARCHING = 0, 1, 2
OPEN_FAILED, NO_NAME = 566, 565
SEND = re.compile(r'=0,(\d+),"([\d.]+)",(\d+)')
OPEN = re.compile(r'=1,0,"UDP SERVICE","127\.0\.0\.1",0,([1-9]\d{0,4}),0')
RESOLVE = re.compile(r'=1,"([^"]+)"')


class Radio(Protocol):
    """The way to the Internet."""

    def send(self, data: bytes, to: Address) -> None: ...


class Port(iridium_at.Port):
    """The same line discipline; `chatty`, it speaks unasked inside every answer."""

    chatty = False

    def chat(self) -> None:
        if self.chatty:
            super().say(CHATTER)

    def say(self, *texts: str) -> None:
        unasked = [CHATTER] if self.chatty else []
        super().say(*(said for text in texts for said in (*unasked, text)))


class Module:
    """One EC200U, as it is after power-up: echoing, no context, no socket."""

    def __init__(
        self, send: Callable[[bytes], None], radio: Radio, later: Later, network_s: float
    ):
        self._radio = radio
        self._later = later
        self._network_s = network_s
        self.port = Port(send, later)
        self.port.commands = self._settings() | self._network() | self._sockets()
        self.sim = "ready"
        self.covered = True
        self.losing = 0  # datagrams that will be told as sent, and are not
        self.untold = 0  # of which SEND OK will not be said
        self.power_up()

    def power_up(self) -> None:
        self.port.echo = self._data_echo = True
        self._active = self._open = False
        self._waiting: deque[tuple[bytes, Address]] = deque()

    def greet(self) -> None:
        """Say what a module says by itself once it has started."""
        for text in ("RDY", "+CFUN: 1", SIM_ANSWERS[self.sim], "+QIND: SMS DONE"):
            if not text.startswith("+CME"):
                self.port.announce(text)

    def receive(self, data: bytes) -> None:
        """Take bytes from the Box."""
        self.port.receive(data)

    def hear(self, data: bytes, sender: Address) -> None:
        """A datagram comes; only the first that waits is told of."""
        if not self._open or len(self._waiting) >= MOST_WAITING:
            return
        self._waiting.append((data, sender))
        if len(self._waiting) == 1:
            self.port.announce('+QIURC: "recv",0')

    def deactivate(self) -> None:
        """The network takes the context away, and with it the socket."""
        if self._active:
            self._active = self._open = False
            self.port.announce('+QIURC: "pdpdeact",1')

    def close(self) -> None:
        """The network closes the socket."""
        if self._open:
            self._open = False
            self.port.announce('+QIURC: "closed",0')

    def state(self) -> dict[str, object]:
        return {
            "sim": self.sim,
            "network": self.covered,
            "active": self._active,
            "open": self._open,
            "waiting": len(self._waiting),
            "echo": self.port.echo,
            "lose": self.losing,
            "unknown": self.untold,
        }

    def _settings(self) -> dict[str, Command]:
        return {
            "+CMEE": _taken,
            "+QICFG": _taken,
            "+QISDE": self._qisde,
            "+CPIN": self._cpin,
            "+CGMM": lambda _: ["EC200U"],
            "+CSQ": lambda _: ["+CSQ: 20,99" if self.covered else "+CSQ: 99,99"],
        }

    def _network(self) -> dict[str, Command]:
        return {
            "+CEREG": lambda value: self._registration("+CEREG", HOME, value),
            "+CGREG": lambda value: self._registration("+CGREG", NOT_SEARCHING, value),
            "+QICSGP": self._qicsgp,
            "+QIACT": self._qiact,
            "+QIDEACT": self._qideact,
            "+QIDNSGIP": self._qidnsgip,
        }

    def _sockets(self) -> dict[str, Command]:
        return {
            "+QIOPEN": self._qiopen,
            "+QICLOSE": self._qiclose,
            "+QISEND": self._qisend,
            "+QIRD": self._qird,
        }

    def _qisde(self, value: str) -> Answer:
        self._data_echo = words.whole(value.removeprefix("="), 0, 1) == 1
        return []

    def _cpin(self, _value: str) -> Answer:
        answer = SIM_ANSWERS[self.sim]
        if not answer.startswith("+CME"):
            return [answer]
        self.port.say(answer)
        return None

    def _registration(self, name: str, there: int, _value: str) -> Answer:
        status = there if self.covered and self.sim == "ready" else SEARCHING
        return [f"{name}: 0,{status}"]

    def _qicsgp(self, _value: str) -> Answer:
        if self._active:
            raise ValueError("the context is active")
        return []

    def _qiact(self, value: str) -> Answer:
        """Until it has answered, nothing else is heard."""
        if value == "?":
            return ['+QIACT: 1,1,1,"127.0.0.1"'] if self._active else []
        self.port.begin_session()
        self._later(self._network_s, self._activated)
        return None

    def _activated(self) -> None:
        self._active = self.covered and self.sim == "ready"
        self.port.finish("OK" if self._active else "ERROR")

    def _qideact(self, _value: str) -> Answer:
        self._active = self._open = False
        return []

    def _qidnsgip(self, value: str) -> Answer:
        found = RESOLVE.fullmatch(value)
        if found is None or not self._active:
            raise ValueError("no name, or no network to ask")
        known = found[1].lower() == "localhost"
        told = ["0,1,600", '"127.0.0.1"'] if known else [str(NO_NAME)]
        for text in told:
            self._later(self._network_s, lambda text=text: self.port.announce(_dnsgip(text)))
        return []

    def _qiopen(self, value: str) -> Answer:
        if OPEN.fullmatch(value) is None or self._open:
            raise ValueError("not the service that is played here, or it is open")
        self._later(self._network_s, self._opened)
        return []

    def _opened(self) -> None:
        self._open = self._active
        self._waiting.clear()
        self.port.announce(f"+QIOPEN: 0,{0 if self._open else OPEN_FAILED}")

    def _qiclose(self, _value: str) -> Answer:
        if not self._open:
            raise ValueError("no socket is open")
        self._open = False
        return []

    def _qisend(self, value: str) -> Answer:
        found = SEND.fullmatch(value)
        if found is None or not self._open:
            raise ValueError("no socket is open")
        length = words.whole(found[1], 1, LONGEST_SENT)
        to = Address(found[2], words.whole(found[3], 1, 65535))
        self.port.chat()
        self.port.send(b"\r\n> ")
        self.port.count(length, DATA_TIMEOUT_S, lambda data: self._given(data, length, to))
        return None

    def _given(self, data: bytes, length: int, to: Address) -> None:
        if self._data_echo:
            self.port.send(data)
        if len(data) < length or not self._open:
            self.port.finish("ERROR")
            return
        if self.losing:
            self.losing -= 1
        else:
            self._radio.send(data, to)
        if self.untold:
            self.untold -= 1
            self.port.abandon("SEND")
        else:
            self.port.finish("SEND OK")

    def _qird(self, value: str) -> Answer:
        if value != "=0" or not self._open:
            raise ValueError("no socket is open")
        if not self._waiting:
            return ["+QIRD: 0"]
        data, sender = self._waiting.popleft()
        self.port.chat()
        head = f'\r\n+QIRD: {len(data)},"{sender.host}",{sender.port}\r\n'
        self.port.send(head.encode() + data + b"\r\n")
        return []


def _taken(_value: str) -> Answer:
    return []


def _dnsgip(text: str) -> str:
    return f'+QIURC: "dnsgip",{text}'
