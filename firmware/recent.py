"""What came by lately, in memory that is taken once and never grows."""


class Recent:
    """The last `count` keys, each with a value; all are bytes, as long as was said at first."""

    def __init__(self, count, key_bytes, value_bytes=0):
        self._key_bytes = key_bytes
        self._record_bytes = key_bytes + value_bytes
        self._kept = bytearray(count * self._record_bytes)
        self._used = self._at = 0

    def __contains__(self, key):
        return self._place(key) is not None

    def get(self, key):
        """Return the value of this key, or None if it is not among the last."""
        at = self._place(key)
        return None if at is None else self._kept[at + self._key_bytes : at + self._record_bytes]

    def put(self, key, value=b""):
        """Remember a key that is not there yet, in the place of the oldest."""
        end = self._at + self._record_bytes
        self._kept[self._at : end] = key + value
        self._used = max(self._used, end)
        self._at = end % len(self._kept)

    def forget(self, key):
        """Its place then holds a key of zeros, which nothing real has."""
        at = self._place(key)
        if at is not None:
            self._kept[at : at + self._record_bytes] = bytes(self._record_bytes)

    def _place(self, key):
        at = self._kept.find(key, 0, self._used)
        while at >= 0 and at % self._record_bytes:
            at = self._kept.find(key, at + 1, self._used)
        return None if at < 0 else at
