"""The two UARTs of the chip as the byte streams a Line opens."""

import asyncio

from machine import UART, Timer

from boards.rp2 import gpio
from boards.rp2.readable import readable

_LEAST_BUFFER_BYTES = 256
_BITS_A_BYTE = 10
_MOST_WRITTEN = 256  # as long as a Modbus frame gets
_LOOK_MS = 5


class UartStream:
    """8N1; the pins are name + "_tx" and name + "_rx".  traffic is told of every byte."""

    def __init__(self, number, name, baud, traffic):
        self._traffic = traffic
        gpio.contact(name + "_rx")  # pulled up: a line nobody drives is quiet
        self._uart = UART(
            number,
            baud,
            tx=gpio.signal(name + "_tx"),
            rx=gpio.signal(name + "_rx"),
            txbuf=_MOST_WRITTEN,
            rxbuf=buffer_bytes(baud),
        )

    async def read(self, most):
        """Return what is there, at least one byte; never more than `most`.

        UART.read(n) would wait for all n, and hold up everybody else meanwhile.
        """
        while True:
            await readable(self._uart)  # pyright: ignore[reportGeneralTypeIssues]
            data = self._uart.read(min(most, self._uart.any()))
            if data:
                self._traffic.heard()
                return data

    async def write(self, data):
        """Hand over all of data, as much at a time as the buffer has room for."""
        left = memoryview(data)
        while left:
            self._traffic.wrote()
            left = left[self._uart.write(left) or 0 :]
            if left:
                await asyncio.sleep_ms(_LOOK_MS)

    def close(self):
        self._uart.deinit()


class Rs485Stream(UartStream):
    """A UART on a shared pair of wires; direction(1) lets it speak, direction(0) listen."""

    def __init__(self, number, name, baud, traffic):
        super().__init__(number, name, baud, traffic)
        self._baud = baud
        self._direction = gpio.switch(name + "_direction")
        self._timer = Timer(-1)

    async def write(self, data):
        """Send at most 256 bytes, and listen again as soon as the last one has left.

        A timer gives the line back, so that a busy event loop does not talk into the answer.
        """
        if len(data) > _MOST_WRITTEN:
            raise OSError("a frame on RS-485 has at most 256 bytes")
        self._traffic.wrote()
        takes_us = len(data) * _BITS_A_BYTE * 1_000_000 // self._baud
        self._direction(1)
        self._uart.write(data)
        self._timer.init(  # pyright: ignore[reportCallIssue] - the stubs lack tick_hz
            mode=Timer.ONE_SHOT, period=takes_us, tick_hz=1_000_000, callback=self._listen
        )
        await asyncio.sleep_ms(takes_us // 1000 + 1)
        self._listen()

    def close(self):
        self._timer.deinit()
        self._listen()
        super().close()

    def _listen(self, _=None):
        self._uart.flush()  # what is left by now is less than a byte
        self._direction(0)


def buffer_bytes(baud):
    """Return room for 100 ms, longer than the event loop is ever away."""
    return max(baud // _BITS_A_BYTE // 10, _LEAST_BUFFER_BYTES)
