"""Run one coroutine to its end, on either interpreter, from a clean loop."""

import asyncio


class WaitsForEver(Exception):
    """Every task waits and nobody will wake one; MicroPython's loop just returns then."""


def run(coroutine):
    """Return what the coroutine returns, or raise what it raises."""
    if hasattr(asyncio, "sleep_ms"):
        asyncio.new_event_loop()  # MicroPython keeps one loop; start it afresh
    ended = []
    asyncio.run(_noted(coroutine, ended))
    if not ended:
        raise WaitsForEver("nothing is left that could wake the test")
    return ended[0]


async def _noted(coroutine, ended):
    ended.append(await coroutine)
