"""The amplifier's bus: pymodbus reads the frames, and the registers are computed when asked."""

import time
from pathlib import Path

from pymodbus.constants import ExcCodes
from pymodbus.framer import FramerType
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from host_tools.sim.amplifier_model import Amplifier
from host_tools.sim.artefacts import Log
from host_tools.sim.ptys import Pty

READ_HOLDING, READ_INPUT, WRITE_ONE, WRITE_MANY = 3, 4, 6, 16
BROADCAST = 0
SILENCE_S = 0.05  # inside no frame, even on a busy machine


class Bus:
    """The wire from the Box to the Modbus device: a relay that keeps every byte.

    Unplugged, neither side hears the other; not answering, the device hears and obeys.
    """

    def __init__(self, line: Path, amplifier: Amplifier, address: int, log: Log):
        self._log = log
        self.plugged = True
        self.answers = True
        self._asked_at = 0.0
        self._box = Pty(self._asked, line)
        self._device = Pty(self._answered)
        self._server = serve(amplifier, address, self._device.path)

    async def open(self) -> None:
        await self._server.serve_forever(background=True)

    async def close(self) -> None:
        await self._server.shutdown()
        self._box.close()
        self._device.close()

    def _asked(self, data: bytes) -> None:
        self._log.write(dir=">", hex=data.hex())
        now = time.monotonic()
        if now - self._asked_at > SILENCE_S:
            self._forget_half_a_frame()
        self._asked_at = now
        if self.plugged:
            self._device.write(data)

    def _answered(self, data: bytes) -> None:
        if self.plugged and self.answers:
            self._log.write(dir="<", hex=data.hex())
            self._box.write(data)

    def _forget_half_a_frame(self) -> None:
        """Drop what pymodbus has of an unfinished frame, because it does not measure silence.

        3.5 characters of it end a frame: Modbus over Serial Line V1.02, section 2.5.1.1.
        """
        for handler in self._server.active_connections.values():
            handler.recv_buffer = b""


def serve(amplifier: Amplifier, address: int, port: str) -> ModbusSerialServer:
    """Return a server of this amplifier at this address on the serial line `port`."""

    async def touched(
        function: int,
        _first: int,
        start: int,
        _count: int,
        registers: list[int],
        written: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Bring pymodbus's copy up to date before a read, or take a write (a SimAction)."""
        if function not in (READ_HOLDING, READ_INPUT, WRITE_ONE, WRITE_MANY):
            return ExcCodes.ILLEGAL_FUNCTION
        if written is not None:
            return _write(amplifier, start, list(written))
        fresh = amplifier.inputs() if function == READ_INPUT else amplifier.holding
        registers[: len(fresh)] = fresh
        return None

    def passed(sending: bool, pdu: ModbusPDU) -> ModbusPDU | None:
        """Let through what is for this device: to others on the bus it does not answer."""
        if sending:
            return pdu
        if pdu.dev_id not in (address, BROADCAST):
            return None
        amplifier.asked()
        return pdu

    return ModbusSerialServer(
        SimDevice(address, simdata=_registers(), action=touched),
        framer=FramerType.RTU,
        port=port,
        baudrate=9600,
        broadcast_enable=True,
        trace_pdu=passed,  # pyright: ignore[reportArgumentType]  (None drops the request)
    )


def _write(amplifier: Amplifier, start: int, values: list[int]) -> ExcCodes | None:
    try:
        amplifier.write(start, values)
    except ValueError:
        return ExcCodes.ILLEGAL_VALUE
    return None


def _registers() -> tuple[list[SimData], list[SimData], list[SimData], list[SimData]]:
    """Return coils, discrete inputs, holding and input registers; pymodbus wants some of each."""
    coils = SimData(0, count=16, values=False, datatype=DataType.BITS)
    holding = SimData(0, count=3, datatype=DataType.REGISTERS)
    inputs = SimData(0, count=4, datatype=DataType.REGISTERS)
    return [coils], [coils], [holding], [inputs]
