"""Who lives around the chip in its own time: amplifier, satellite modem, and a county behind it.

The amplifier's registers and the modem are the simulators'; here they have no process and no
wall clock, so that an hour takes minutes and every run is the same.
"""

import copy
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from host_tools.sim.amplifier_model import Amplifier
from host_tools.sim.artefacts import Log
from host_tools.sim.chip.board import PicoBox
from host_tools.sim.chip.chip import MS, Chip
from host_tools.sim.iridium_kept import Kept
from host_tools.sim.iridium_modem import Modem
from host_tools.sim.iridium_sky import Sky
from protocol.keyring_file import ALL_RANKS, FOR_ORDERS, TO_ALL, TO_GROUP, TO_ONE, Slot
from tests.village import LIVE, County

IMEI = "300234010000001"
SESSION_S = 0.8
READ_HOLDING, READ_INPUT, WRITE_ONE, WRITE_MANY = 3, 4, 6, 16
ANSWER_MS = 5
FRAME_ENDS_MS = 4


class ChipClock:
    """The chip's time as tests.village's county wants it."""

    def __init__(self, chip: Chip):
        self._chip = chip

    def ticks_ms(self) -> int:
        return int(self._chip.now_ms)


class Timer:
    """One call in the chip's future; cancel() and it never comes."""

    def __init__(self, chip: Chip, seconds: float, act: Callable[[], object]):
        self._alarm = chip.mcu.clock.create_alarm(act)
        self._alarm.schedule(seconds * 1000 * MS)

    def cancel(self) -> None:
        self._alarm.cancel()


class AmplifierAt:
    """The simulator's registers at the end of the RS-485 pair: Modbus RTU, V1.02, 2.5.1."""

    def __init__(self, box: PicoBox):
        chip = box.chip
        self.events: list[str] = []
        self.requests: list[tuple[float, bytes]] = []
        self.device = Amplifier(self.events.append, lambda: chip.now_ms / 1000)
        self._box = box
        self._heard = b""
        self._silence = chip.mcu.clock.create_alarm(self._frame_ended)
        box.rs485.on_byte = self._byte
        box.on_sound = self.device.hear

    def _byte(self, byte: int) -> None:
        self._heard += bytes((byte,))
        self._silence.schedule(FRAME_ENDS_MS * MS)

    def _frame_ended(self) -> None:
        frame, self._heard = self._heard, b""
        self.requests.append((self._box.chip.now_ms, frame))
        self.device.watch()
        if frame[:1] == b"\x01" and len(frame) > 4 and crc(frame) == 0:
            self.device.asked()
            answer = self._answer(frame)
            answer += struct.pack("<H", crc(answer))
            Timer(self._box.chip, ANSWER_MS / 1000, lambda: self._box.rs485.arrive(answer))

    def _answer(self, frame: bytes) -> bytes:
        function, first, count = struct.unpack(">BHH", frame[1:6])
        if function in (READ_HOLDING, READ_INPUT):
            table = self.device.holding if function == READ_HOLDING else self.device.inputs()
            values = table[first : first + count]
            return frame[:2] + struct.pack(f">B{len(values)}H", 2 * len(values), *values)
        if function == WRITE_ONE:
            self.device.write(first, [count])
            return frame[:6]
        self.device.write(first, list(struct.unpack(f">{count}H", frame[7:-2])))
        return frame[:6]


class SignedCounty(County):
    """tests.village's county with real signatures, and Iridium's gateway as the modem sees it."""

    is_full = False

    def __init__(self, clock: Any, unique_id: bytes):
        self._private = Ed25519PrivateKey.generate()
        public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        slots = (Slot(LIVE, public, ALL_RANKS, TO_ONE | TO_GROUP | TO_ALL, FOR_ORDERS, 0),)
        super().__init__(clock, slots)
        self.ring = self.ring._replace(unique_id=unique_id)
        self.downward: list[bytes] = []
        self.carried: list[tuple[float, bytes]] = []
        self.ring_alert: Callable[[], None] = lambda: None
        self._mtmsn = 0

    def fork(self) -> "SignedCounty":
        """Return a county that knows what this one knows now, for another course of things."""
        other = copy.copy(self)
        for name in ("rows", "conflicts", "downward", "carried", "_bytes", "_keys", "_seq"):
            setattr(other, name, copy.copy(getattr(self, name)))
        return other

    def has_signed(self, slot: int, count: int) -> None:
        """Let this slot's next order have a number above so many."""
        self._seq["sign", slot] = count

    @property
    def waiting(self) -> int:
        return len(self.downward)

    def accept(self, payload: bytes, _momsn: int, _mtmsn: int) -> None:
        self.carried.append((self.clock.ticks_ms(), payload))
        for answer in self.hear(payload, "sbd"):
            self.send(answer)

    def collect(self) -> tuple[int, bytes] | None:
        if not self.downward:
            return None
        self._mtmsn += 1
        return self._mtmsn, self.downward.pop(0)

    def send(self, data: bytes) -> None:
        """Have this wait for the modem, and ring."""
        self.downward.append(data)
        self.ring_alert()

    def signature(self, _public_key: bytes, to_be_signed: bytes) -> bytes:
        return self._private.sign(to_be_signed)


class ModemAt:
    """The simulated 9603 on the satellite's line, in the chip's time, under a clear sky."""

    def __init__(self, box: PicoBox, county: Any, folder: Path):
        def later(seconds: float, act: Callable[[], object]) -> Timer:
            return Timer(box.chip, seconds, act)

        self._log, kept = Log(folder / "iridium.jsonl"), Kept(folder / "iridium.queue")
        self.sky = Sky(county, kept, self._log, SESSION_S, later)
        self._modem = Modem(IMEI, box.satellite.arrive, self.sky, kept, later)
        box.satellite.on_byte = lambda byte: self._modem.receive(bytes((byte,)))
        county.ring_alert = self._ring

    def close(self) -> None:
        self._log.close()

    def _ring(self) -> None:
        if self.sky.signal:
            self._modem.indicators.ring()


def crc(data: bytes) -> int:
    """Return the CRC of Modbus over Serial Line V1.02, appendix B; 0 over a whole frame."""
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value
