"""A byte line whose every wait has an end, and that comes back when its device does."""

from drivers.errors import LineLost, NoReply, reason

_FIRST_REST_MS = 200
_LONGEST_REST_MS = 5_000


class Line:
    """One serial line, opened when first used and again after it was lost.

    open_stream() returns an object with async read(most), async write(data) and close(), or
    raises OSError.  After a loss the device is looked for again only after a rest that grows
    from 200 ms to 5 s; a caller waits for it no longer than its own deadline.  One task at a
    time may read and one may write: who shares a line brings a lock.
    """

    def __init__(self, open_stream, clock):
        self._open_stream = open_stream
        self._clock = clock
        self._stream = None
        self._rest_ms = 0
        self._lost_at = 0

    async def read(self, most, timeout_ms):
        """Return 1 to `most` bytes, or raise NoReply or LineLost."""
        started = self._clock.ticks_ms()
        stream = await self._opened(timeout_ms)
        left_ms = max(timeout_ms - self._clock.since_ms(started), 0)
        try:
            data = await self._clock.within(left_ms, stream.read(most))
        except OSError as why:
            raise self._lost(stream, reason(why))
        if not data:
            raise self._lost(stream, "the other end is closed")
        self._rest_ms = 0
        return data

    async def poll(self, most, wait_ms):
        """Return what comes within wait_ms, b"" if nothing does, or raise LineLost."""
        try:
            return await self.read(most, wait_ms)
        except NoReply:
            return b""

    async def write(self, data, timeout_ms=1_000):
        """Hand over all of data, or raise NoReply (some may have gone) or LineLost."""
        started = self._clock.ticks_ms()
        stream = await self._opened(timeout_ms)
        left_ms = max(timeout_ms - self._clock.since_ms(started), 0)
        try:
            await self._clock.within(left_ms, stream.write(data))
        except OSError as why:
            raise self._lost(stream, reason(why))

    async def drain(self, quiet_ms, most=4_096):
        """Drop what comes until the line is quiet for quiet_ms; return how many bytes.

        It gives up after `most` bytes.  A line in use is quiet first, so this also keeps
        the silence between two frames.
        """
        dropped = 0
        while dropped < most:
            data = await self.poll(most - dropped, quiet_ms)
            if not data:
                break
            dropped += len(data)
        return dropped

    async def _opened(self, timeout_ms):
        if self._stream is not None:
            return self._stream
        await self._rest(timeout_ms)
        if self._stream is None:
            try:
                self._stream = self._open_stream()
            except OSError as why:
                raise self._lost(None, reason(why))
        return self._stream

    async def _rest(self, timeout_ms):
        """Wait until the device may be looked for again, or raise LineLost at the deadline."""
        left_ms = self._rest_ms - self._clock.since_ms(self._lost_at)
        if left_ms <= 0:
            return
        await self._clock.sleep_ms(min(left_ms, timeout_ms))
        if self._stream is None and left_ms > timeout_ms:
            raise LineLost("the line is lost and rests before it is tried again")

    def _lost(self, stream, why):
        """Close the stream that failed, begin the rest, and return the LineLost to raise."""
        if stream is self._stream:
            self._rest_ms = min(max(2 * self._rest_ms, _FIRST_REST_MS), _LONGEST_REST_MS)
            self._lost_at = self._clock.ticks_ms()
            self._stream = None
        if stream is not None:
            _close(stream)
        return LineLost("the line is lost: " + why)


def _close(stream):
    try:
        stream.close()
    except OSError:
        pass  # it is gone either way
