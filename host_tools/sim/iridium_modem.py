"""What the 9603 does with messages: one buffer for each direction, and sessions.

Facts from the Iridium ISU AT Command Reference and the 9602/9603 developer's guides; what
those leave open follows public logs of real modems.  Whatever is not listed is ERROR.
"""

from collections.abc import Callable

from host_tools.sim import words
from host_tools.sim.iridium_at import Answer, Command, Later, Port
from host_tools.sim.iridium_indicators import Indicators
from host_tools.sim.iridium_kept import Kept
from host_tools.sim.iridium_sky import MT_RECEIVED, Session, Sky

MO_BYTES = 340
WRITE_TIMEOUT_S = 60.0
WRITTEN, TIMED_OUT, WRONG_SUM, WRONG_SIZE = "0123"
MODEL = "IRIDIUM 9600 Family SBD Transceiver"
BROKEN_OFF = 11  # characters of an answer that breaks off


class Modem:
    """One 9603.  Its buffers are empty at power-on; its MOMSN is not forgotten."""

    def __init__(
        self, imei: str, send: Callable[[bytes], None], sky: Sky, kept: Kept, later: Later
    ):
        self._port = Port(send, later)
        self._sky = sky
        self._kept = kept
        self._mo: bytes | None = None
        self._mt: bytes | None = None
        self._mtmsn = -1
        self._queued = 0
        self.indicators = Indicators(self._port, sky, kept)
        self._port.commands = self._identity(imei) | self._messages() | self.indicators.commands()

    def receive(self, data: bytes) -> None:
        """Take bytes from the Box."""
        self._port.receive(data)

    def state(self) -> dict[str, object]:
        """Return what a person may want to know: the buffers in hexadecimal, None if empty."""
        return {
            "mo_buffer": None if self._mo is None else self._mo.hex(),
            "mt_buffer": None if self._mt is None else self._mt.hex(),
            "echo": self._port.echo,
        }

    def _identity(self, imei: str) -> dict[str, Command]:
        told = {"MI": "Iridium", "MM": MODEL, "SN": imei}
        return {
            prefix + name: lambda _, text=text: [text]
            for prefix in ("+G", "+CG")
            for name, text in told.items()
        }

    def _messages(self) -> dict[str, Command]:
        return {
            "+SBDC": self._sbdc,
            "+SBDD": self._sbdd,
            "+SBDIX": self._sbdix,
            "+SBDIXA": self._sbdix,
            "+SBDRB": self._sbdrb,
            "+SBDSX": self._sbdsx,
            "+SBDWB": self._sbdwb,
        }

    def _sbdc(self, _value: str) -> Answer:
        self._kept.momsn = 0
        self._kept.save()
        return ["0"]

    def _sbdd(self, value: str) -> Answer:
        which = words.whole(value or "0", 0, 2)
        if which in (0, 2):
            self._mo = None
        if which in (1, 2):
            self._clear_mt()
        return ["0"]

    def _sbdwb(self, value: str) -> Answer:
        size = words.whole(value.removeprefix("="), 0, 99_999)
        if not 1 <= size <= MO_BYTES:
            return [WRONG_SIZE]
        self._port.say("READY")
        self._port.count(size + 2, WRITE_TIMEOUT_S, lambda data: self._written(data, size))
        return None

    def _written(self, data: bytes, size: int) -> None:
        payload, given = data[:size], data[size:]
        if len(given) < 2:
            self._port.finish(TIMED_OUT, "OK")
        elif given != _sum(payload):
            self._port.finish(WRONG_SUM, "OK")
        else:
            self._mo = payload
            self._port.finish(WRITTEN, "OK")

    def _sbdrb(self, _value: str) -> Answer:
        payload = self._mt or b""
        self._port.send(len(payload).to_bytes(2, "big") + payload + _sum(payload))
        return []

    def _sbdix(self, _value: str) -> Answer:
        """Begin a session: the MT buffer is emptied, the MO buffer keeps its message."""
        self._clear_mt()
        self._port.begin_session()
        self._sky.session(self._mo, self._ended)
        return None

    def _ended(self, session: Session) -> None:
        self._queued = session.queued
        if session.mt_status == MT_RECEIVED:
            self._mt, self._mtmsn = session.mt, session.mtmsn
        numbers = (*session[:4], len(session.mt), session.queued)
        answer = "+SBDIX: " + ", ".join(str(number) for number in numbers)
        if session.told:
            self._port.finish(answer, "OK")
        else:
            self._port.abandon(answer[:BROKEN_OFF])

    def _sbdsx(self, _value: str) -> Answer:
        """MO flag, next MOMSN, MT flag, MTMSN or -1, ring alert, waiting at the last session."""
        kept = self._kept
        mo, mt = int(self._mo is not None), int(self._mt is not None)
        numbers = (mo, kept.momsn, mt, self._mtmsn, int(kept.ringing), self._queued)
        return ["+SBDSX: " + ", ".join(str(number) for number in numbers)]

    def _clear_mt(self) -> None:
        self._mt, self._mtmsn = None, -1


def _sum(payload: bytes) -> bytes:
    """Return the two lowest bytes of the sum of a payload, high byte first."""
    return (sum(payload) % 2**16).to_bytes(2, "big")
