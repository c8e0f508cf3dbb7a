"""Which orders this Box has taken, so that none sounds twice and none is forgotten half-way.

An order that still sounds, or is not yet told of, is an Entry; of one that is over only its
number stays.  Per slot these are the last 64 and a floor, the highest that fell off: at or
below it everything counts as known.
"""

from collections import namedtuple

from protocol.compat import const

ADMITTED, REPORTING = range(2)

_MOST_CLOSED = const(65)  # in a slot, the floor included
_SEQ_BYTES = const(3)
_OPEN = b"L"
_CLOSED = b"F"
_FREE = b"\xff\xff\xff"  # no number yet
_NONE_CLOSED = _FREE * _MOST_CLOSED

# state; tries: how often it began to sound; data: the order's body while ADMITTED, the body
# of its last Playback while REPORTING
Entry = namedtuple("Entry", ("state", "tries", "data"))


class Ledger:
    """Keys are the four bytes of an order id (slot, SEQ)."""

    def __init__(self, store):
        self._store = store
        self._open = {}
        self._closed = {}  # {slot: the SEQs, rising, one after the other}
        for key, value in store.items():
            if key[:1] == _OPEN:
                self._open[key[1:]] = Entry(value[0], value[1], value[2:])
            elif key[:1] == _CLOSED:
                self._closed[key[1:]] = value

    def known(self, order_id):
        """Return whether this order was taken, cancelled or finished before."""
        return order_id in self._open or self._is_closed(order_id)

    def over(self, order_id):
        """Return whether this order can never sound any more."""
        entry = self._open.get(order_id)
        return self._is_closed(order_id) if entry is None else entry.state != ADMITTED

    def entry(self, order_id):
        """Return its Entry, or None once it is over and told of."""
        return self._open.get(order_id)

    def unfinished(self):
        """Return [(order_id, Entry)] still to be sounded or reported, in order of id."""
        return sorted(self._open.items())

    def admit(self, order_id, body):
        """Keep a genuine order, on flash, until it is closed."""
        self._write(order_id, Entry(ADMITTED, 0, body))

    def begin(self, order_id):
        """Count one more try, on flash, before anything sounds."""
        entry = self._open[order_id]
        self._write(order_id, Entry(entry.state, entry.tries + 1, entry.data))

    def report(self, order_id, playback_body):
        """It sounds no more, known or not yet known; its last Playback is kept until posted.

        It ends in memory first: a flash that takes no more must not let it sound again.
        """
        tries = self._open.get(order_id, Entry(REPORTING, 0, b"")).tries
        self._open[order_id] = Entry(REPORTING, tries, playback_body)
        self._write(order_id, self._open[order_id])

    def close(self, order_id):
        """It is over and told of, or was no order of its own, such as the Cancel of another."""
        slot = order_id[:1]
        self._closed[slot] = _with(self._closed.get(slot, _NONE_CLOSED), order_id[1:])
        was_open = self._open.pop(order_id, None)
        self._store.put(_CLOSED + slot, self._closed[slot])
        if was_open is not None:  # a power cut here leaves an Entry that is closed once more
            self._store.remove(_OPEN + order_id)

    def begin_again(self, slot):
        """Forget the numbers of this slot (one byte), whose key is now another."""
        self._closed[slot] = _NONE_CLOSED
        self._store.put(_CLOSED + slot, _NONE_CLOSED)

    def counters(self):
        """Return slot and highest SEQ known, four bytes per slot, in order of slot."""
        highest = {}
        closed = [slot + seq for slot, seqs in self._closed.items() for seq in _taken(seqs)]
        for order_id in list(self._open) + closed:
            highest[order_id[:1]] = max(order_id, highest.get(order_id[:1], b""))
        return b"".join(highest[slot] for slot in sorted(highest))

    def _is_closed(self, order_id):
        seqs, seq = _taken(self._closed.get(order_id[:1], _NONE_CLOSED)), order_id[1:]
        return seq in seqs or (len(seqs) == _MOST_CLOSED and seq <= seqs[0])

    def _write(self, order_id, entry):
        self._take_room_to_close(order_id[:1])
        self._store.put(_OPEN + order_id, bytes((entry.state, entry.tries)) + entry.data)
        self._open[order_id] = entry

    def _take_room_to_close(self, slot):
        """A slot's record has its full size from the first: a full flash can still close."""
        if slot not in self._closed:
            self._store.put(_CLOSED + slot, _NONE_CLOSED)
            self._closed[slot] = _NONE_CLOSED


def _with(seqs, seq):
    """Return these SEQs with one more, without the lowest where they are too many."""
    taken = sorted(set(_taken(seqs)) | {seq})[-_MOST_CLOSED:]
    return b"".join(taken) + _FREE * (_MOST_CLOSED - len(taken))


def _taken(seqs):
    places = [seqs[at : at + _SEQ_BYTES] for at in range(0, len(seqs), _SEQ_BYTES)]
    return [seq for seq in places if seq != _FREE]
