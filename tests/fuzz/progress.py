"""Says now and then how far it is."""

import time

_EVERY_S = 10


class Progress:
    def __init__(self, count: int):
        self._count = count
        self._began = self._told = time.monotonic()

    def __call__(self, done: int) -> None:
        if time.monotonic() - self._told >= _EVERY_S:
            self._told = time.monotonic()
            print(f"{done} of {self._count}, {done / self.seconds():.0f} a second", flush=True)

    def seconds(self) -> float:
        return time.monotonic() - self._began
