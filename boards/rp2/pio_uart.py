"""A UART made of two PIO state machines, for what the chip's two UARTs have no room for.

Received bytes go by DMA into a ring in memory, so none is lost while a page is programmed
and interrupts are off.
"""

import asyncio

import uctypes
from rp2 import DMA, StateMachine

from boards.rp2 import gpio
from boards.rp2.pio_programs import CYCLES_A_BIT, receiving, sending

_BITS_A_BYTE = 10
_RING_BITS = 10
_RING_BYTES = 1 << _RING_BITS  # 88 ms at 115200 Bd, longer than the event loop is ever away
_LOOK_MS = 5

_PIO1 = 0x50300000  # PIO0 is left to the sound
_SEND_FIFO, _RECEIVE_FIFO, _FIFO_BYTES = 0x10, 0x20, 4
_SEND_REQUEST, _RECEIVE_REQUEST = 8, 12  # what PIO1 asks a DMA channel with
_MACHINES_A_PIO = 4
_ONE_BYTE, _ONE_WORD = 0, 2  # sizes of a DMA transfer
_COUNT_AND_GO = 7  # the register of a DMA channel that sets its count and starts it
_FOR_EVER = 0xFFFFFFFF


class PioUartStream:
    """unit is 0 or 1; the pins are name + "_tx" and name + "_rx"; 8N1, up to 115200 Bd.

    traffic is told of every byte.
    """

    def __init__(self, unit, name, baud, traffic):
        self._baud = baud
        self._traffic = traffic
        self._sender = _Sender(2 * unit, gpio.signal(name + "_tx"), baud)
        self._receiver = _Receiver(2 * unit + 1, gpio.contact(name + "_rx"), baud)

    async def read(self, most):
        """Return what is there, at least one byte; never more than `most`.

        It sleeps even when there is something: a fast line would keep everybody else waiting.
        """
        while True:
            await asyncio.sleep_ms(_LOOK_MS)
            data = self._receiver.take(most)
            if data:
                self._traffic.heard()
                return data

    async def write(self, data):
        """Send data; all of it has left when this returns, but for the last 4 bytes."""
        self._traffic.wrote()
        self._sender.begin(data)
        await asyncio.sleep_ms(len(data) * _BITS_A_BYTE * 1000 // self._baud)
        while self._sender.busy():
            await asyncio.sleep_ms(1)

    def close(self):
        self._sender.close()
        self._receiver.close()


class _Sender:
    def __init__(self, machine, pin, baud):
        self._machine = StateMachine(
            _MACHINES_A_PIO + machine,
            sending,
            freq=CYCLES_A_BIT * baud,
            out_base=pin,
            set_base=pin,
        )
        self._machine.active(1)
        self._fifo = _PIO1 + _SEND_FIFO + _FIFO_BYTES * machine
        self._channel = DMA()
        self._control = self._channel.pack_ctrl(
            size=_ONE_BYTE, inc_write=False, treq_sel=_SEND_REQUEST + machine
        )
        self._data = None

    def begin(self, data):
        self._data = bytearray(data)  # in RAM, and kept until all has gone
        self._channel.config(
            read=self._data, write=self._fifo, count=len(data), ctrl=self._control, trigger=True
        )

    def busy(self):
        return self._channel.active()

    def close(self):
        self._machine.active(0)
        _shut(self._channel)


class _Receiver:
    def __init__(self, machine, pin, baud):
        self._ring = _aligned_ring()
        self._begin = uctypes.addressof(self._ring)
        self._at = 0
        self._count = bytearray(b"\xff\xff\xff\xff")
        self._channel, self._restart = DMA(), DMA()
        self._start(machine)
        self._machine = StateMachine(
            _MACHINES_A_PIO + machine,
            receiving,
            freq=CYCLES_A_BIT * baud,
            in_base=pin,
            jmp_pin=pin,
        )
        self._machine.active(1)

    def take(self, most):
        """Return up to `most` of the bytes that came; b"" if none did."""
        writes_to = self._channel.write  # pyright: ignore[reportAttributeAccessIssue]
        end = (writes_to - self._begin) % _RING_BYTES
        if end < self._at:
            end = _RING_BYTES
        end = min(end, self._at + most)
        data = bytes(self._ring[self._at : end])
        self._at = end % _RING_BYTES
        return data

    def close(self):
        self._machine.active(0)
        for channel in (self._restart, self._channel):
            _shut(channel)

    def _start(self, machine):
        """Let bytes flow into the ring; whenever a channel has counted to its end, the other
        sets its count and starts it again.
        """
        registers = self._channel.registers  # pyright: ignore[reportAttributeAccessIssue]
        self._restart.config(
            read=self._count,
            write=registers[_COUNT_AND_GO : _COUNT_AND_GO + 1],
            count=1,
            ctrl=self._restart.pack_ctrl(size=_ONE_WORD, inc_read=False, inc_write=False),
        )
        self._channel.config(
            read=_PIO1 + _RECEIVE_FIFO + _FIFO_BYTES * machine + 3,  # the byte shifted in last
            write=self._ring,
            count=_FOR_EVER,
            ctrl=self._channel.pack_ctrl(
                size=_ONE_BYTE,
                inc_read=False,
                ring_sel=True,
                ring_size=_RING_BITS,
                treq_sel=_RECEIVE_REQUEST + machine,
                chain_to=self._restart.channel,  # pyright: ignore[reportAttributeAccessIssue]
            ),
            trigger=True,
        )


def _aligned_ring():
    """Return _RING_BYTES that begin where a DMA ring must: at a multiple of their number."""
    room = bytearray(2 * _RING_BYTES)
    skipped = -uctypes.addressof(room) % _RING_BYTES
    return memoryview(room)[skipped : skipped + _RING_BYTES]


def _shut(channel):
    channel.active(0)
    channel.close()
