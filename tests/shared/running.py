"""Run one coroutine to its end, on either interpreter, from a clean event loop."""

import asyncio


def run(coroutine):
    if hasattr(asyncio, "sleep_ms"):
        asyncio.new_event_loop()  # MicroPython keeps one loop for ever; this empties it
    return asyncio.run(coroutine)
