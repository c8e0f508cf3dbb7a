"""Waiting for bytes the way MicroPython's own streams do."""

import asyncio


def readable(stream):
    """Wait until this stream has something to read."""
    yield asyncio.core._io_queue.queue_read(stream)  # pyright: ignore[reportAttributeAccessIssue]
