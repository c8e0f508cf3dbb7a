"""A cable to boards in memory (fake_pico): their ports, their drive, and time that moves when the
tool sleeps.
"""

import contextlib

from mpremote.transport import TransportError

from host_tools.board.usb import Plugged, Usb, is_drive
from host_tools.problems import NOT_FOUND, Problem
from tests.host.fake_pico import Gone


class FakeTransport:
    """mpremote's SerialTransport on the port of a FakePico, and its .serial (see wire.py)."""

    def __init__(self, usb, pico):
        self._usb = usb
        self._pico = pico
        self._unread = pico.console
        self.serial = self
        self.heard = 0
        self.closed = False
        pico.console = b""

    def enter_raw_repl(self, soft_reset, timeout_overall):
        self._check()
        if self._pico.mood == "well":
            self._pico.soft_reset()
            return
        print("b'what mpremote did not expect'")
        self.heard += 100 * (self._pico.mood == "noise")
        self._usb.sleep(timeout_overall)
        raise TransportError("could not enter raw repl")

    def exec_raw(self, code, timeout):
        self._check()
        return self._pico.run(code)

    def exec_raw_no_follow(self, code):
        self._check()
        with contextlib.suppress(Gone):
            self._pico.run(code)

    def allow(self, seconds):
        pass

    def read(self, count):
        self._check()
        if not self._unread:
            raise TransportError("no answer in time")
        data, self._unread = self._unread[:count], self._unread[count:]
        return data

    def close(self):
        self.closed = True

    def _check(self):
        if self.closed or not self._pico.plugged:
            raise OSError(5, "Input/output error")


class FakeUsb(Usb):
    """What the tool sees of these boards, and of one folder where their drive would be."""

    def __init__(self, drive, *picos):
        self.picos = picos
        self.drive = drive
        self.mounts = True
        self._now_s = 0.0

    def boards(self):
        return [Plugged(pico.port, pico.unique_id) for pico in self.picos if pico.plugged]

    def has(self, port):
        return any(pico.port == port and pico.plugged for pico in self.picos)

    def open(self, port):
        for pico in self.picos:
            if pico.port == port and pico.plugged:
                return FakeTransport(self, pico)
        raise Problem(f"there is no port {port}", "plug the board in", NOT_FOUND)

    def drives(self):
        return [self.drive] if is_drive(self.drive) else []

    def now_s(self):
        return self._now_s

    def sleep(self, seconds):
        self._now_s += seconds
        for pico in self.picos:
            if pico.waits_for_image and self.mounts:
                pico.show_drive(self.drive)
            pico.pass_time(seconds, self.drive)
