"""Two watchdogs for a Linux board: one ends the process, one resets the machine."""

import ffi


class AlarmWatchdog:
    """SIGALRM (alarm(2)) ends this process, for its supervisor to start again, unless fed."""

    def __init__(self, timeout_ms):
        self._alarm = ffi.open("libc.so.6").func("I", "alarm", "I")
        self._timeout_s = max(1, timeout_ms // 1000)

    def feed(self):
        self._alarm(self._timeout_s)


class KernelWatchdog:
    """/dev/watchdog resets the machine unless it is written (Linux: watchdog-api)."""

    def __init__(self, path):
        self._file = open(path, "wb", buffering=0)  # noqa: SIM115 - never closed, on purpose

    def feed(self):
        self._file.write(b"1")
