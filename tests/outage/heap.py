"""How much lives on the heap hour after hour, besides what waits; CPython does not tell."""

import gc

_SLIP_BYTES = 400  # what one Slip takes of a heap of 64-bit words


class Heap:
    def __init__(self):
        self._live = []

    def measure(self, waiting):
        """Return the bytes that live now, and remember them without what waits."""
        gc.collect()
        live = gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0
        self._live.append(live - waiting * _SLIP_BYTES)
        return live

    def grown(self):
        """Return by how many bytes it grew from the second quarter to the last."""
        quarter = max(len(self._live) // 4, 1)
        return min(self._live[-quarter:]) - min(self._live[quarter : 2 * quarter] or self._live)
