"""The chip's USB console from the host's side: bytes in, bytes out, and quiet when idle.

rp2040py answers every transfer the firmware offers at once, with nothing in it, so that an
idle console keeps the processor busy with interrupts.  A real host lets it wait; so does this.
"""

from collections.abc import Callable
from typing import Any

from rp2040py.usb.cdc import USBCDC

_LOOK_NS = 1_000_000  # a full-speed host asks once a millisecond
_MOST_IN_FLIGHT = 256


class Console:
    """write(data) types; on_data gets what the firmware prints."""

    def __init__(self, mcu: Any):
        self._cdc = USBCDC(mcu.usb_ctrl)
        self._cdc.on_serial_data = self._printed
        self._cdc.on_device_connected = self._connected
        self._usb = mcu.usb_ctrl
        self._answer = self._usb.on_endpoint_read
        self._clear_host = self._usb.on_reset
        self._usb.on_endpoint_read = self._offered
        self._usb.on_reset = self._was_reset
        self._look = mcu.clock.create_alarm(self._look_again)
        self._held: tuple[int, int] | None = None
        self._typed = bytearray()
        self.connected = False
        self.on_data: Callable[[bytes], None] = lambda _: None

    def write(self, data: bytes) -> None:
        self._typed += data
        self._look.schedule(_LOOK_NS)

    def _printed(self, data: bytes | bytearray) -> None:
        self.on_data(bytes(data))

    def _connected(self) -> None:
        self.connected = True
        self._look.schedule(_LOOK_NS)

    def _was_reset(self) -> None:
        self.connected = False
        self._held = None
        if self._clear_host:
            self._clear_host()

    def _offered(self, endpoint: int, size: int) -> None:
        """The firmware is ready to take up to size bytes on this endpoint."""
        if endpoint == 0 or endpoint != self._cdc._out_endpoint:
            self._answer(endpoint, size)
            return
        self._held = endpoint, size
        self._look.schedule(_LOOK_NS)

    def _look_again(self) -> None:
        fifo = self._cdc.tx_fifo
        while self._typed and fifo.item_count < _MOST_IN_FLIGHT:
            self._cdc.send_serial_byte(self._typed.pop(0))
        if self._held and fifo.item_count:
            held, self._held = self._held, None
            self._answer(*held)
        if self._typed:
            self._look.schedule(_LOOK_NS)
