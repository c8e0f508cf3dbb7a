"""Where each key's record is, and how many bytes of flash all of them count for."""

from drivers.records import size_of

_PLACES = 2_048  # more than the bytes in any value: see note
_BUCKETS = 4  # the hash of a small board's dict has 8 bits: a large one is searched by all


class RecordIndex:
    """passing: the first bytes of keys whose records come and go; all others are carried along.

    passing_bytes and carried_bytes are those of whole records; longest is that of the longest
    passing record there has been.
    """

    def __init__(self, passing):
        self._passing = passing
        # {key: where its record begins, and bytes in its value}
        self._come_and_go = tuple({} for _ in range(_BUCKETS))
        self._stay = {}
        self.passing_bytes = self.carried_bytes = self.longest = 0

    def __contains__(self, key):
        return key in self._entries_of(key)

    def __len__(self):
        return sum(len(bucket) for bucket in self._come_and_go) + len(self._stay)

    def keys(self):
        return [key for bucket in self._come_and_go for key in bucket] + self.carried()

    def carried(self):
        return list(self._stay)

    def passes(self, key):
        return key[0] in self._passing

    def note(self, at, key, value_bytes):
        """The record that counts for this key, of a value so long, begins at `at`."""
        self.forget(key)
        # One small number: a tuple would cost a small board 16 bytes a key more.
        self._entries_of(key)[key] = at * _PLACES + value_bytes
        self._count(key, size_of(key, value_bytes))

    def forget(self, key):
        entry = self._entries_of(key).pop(key, None)
        if entry is not None:
            self._count(key, -size_of(key, entry % _PLACES))

    def place(self, key):
        """Return (where its record begins, bytes in its value)."""
        return divmod(self._entries_of(key)[key], _PLACES)

    def bytes_of(self, key):
        """Return the bytes of its record, 0 if there is none."""
        entry = self._entries_of(key).get(key)
        return 0 if entry is None else size_of(key, entry % _PLACES)

    def between(self, begin, end):
        """Yield the keys whose records are there."""
        first, last = begin * _PLACES, end * _PLACES
        for entries in self._come_and_go + (self._stay,):
            for key, entry in entries.items():
                if first <= entry < last:
                    yield key

    def _entries_of(self, key):
        return self._come_and_go[key[-1] % _BUCKETS] if self.passes(key) else self._stay

    def _count(self, key, more_bytes):
        if self.passes(key):
            self.passing_bytes += more_bytes
            self.longest = max(self.longest, more_bytes)
        else:
            self.carried_bytes += more_bytes
