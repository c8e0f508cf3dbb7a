"""Which orders this Box has taken, so that none sounds twice and none is forgotten half-way.

Per slot the last 64 orders that were for this Box, and a floor: the highest SEQ that fell
off.  At or below the floor everything counts as known.
"""

from collections import namedtuple

from protocol.compat import const

ADMITTED, CANCELLED, FINISHED, REPORTING = range(4)

_MOST_PER_SLOT = const(64)
_ENTRY = b"L"
_FLOOR = b"F"

# state; tries: how often it began to sound; data: the order's body while ADMITTED, the body
# of its last Playback while REPORTING
Entry = namedtuple("Entry", ("state", "tries", "data"))


class Ledger:
    """Keys are the four bytes of an order id (slot, SEQ)."""

    def __init__(self, store):
        self._store = store
        self._entries = {}
        self._floors = {}
        for key, value in store.items():
            if key[:1] == _ENTRY:
                self._entries[key[1:]] = Entry(value[0], value[1], value[2:])
            elif key[:1] == _FLOOR:
                self._floors[key[1:]] = value

    def known(self, order_id):
        """Return whether this order was taken, cancelled or finished before."""
        floor = self._floors.get(order_id[:1], b"")
        return order_id in self._entries or order_id[1:] <= floor

    def over(self, order_id):
        """Return whether this order can never sound any more."""
        entry = self._entries.get(order_id)
        return self.known(order_id) if entry is None else entry.state != ADMITTED

    def entry(self, order_id):
        """Return its Entry, or None."""
        return self._entries.get(order_id)

    def unfinished(self):
        """Return [(order_id, Entry)] still to be sounded or reported, in order of id."""
        return sorted(
            (order_id, entry)
            for order_id, entry in self._entries.items()
            if entry.state in (ADMITTED, REPORTING)
        )

    def admit(self, order_id, body):
        """Keep a genuine order, on flash, until it is finished."""
        self._make_room(order_id[:1])
        self._write(order_id, Entry(ADMITTED, 0, body))

    def begin(self, order_id):
        """Count one more try, on flash, before anything sounds."""
        entry = self._entries[order_id]
        self._write(order_id, Entry(entry.state, entry.tries + 1, entry.data))

    def report(self, order_id, playback_body):
        """It sounds no more, known or not yet known; its last Playback is kept until posted."""
        self._close(order_id, REPORTING, playback_body)

    def finish(self, order_id):
        self._close(order_id, FINISHED, b"")

    def cancel(self, order_id):
        """Enter what is no order of its own, such as the Cancel of another one."""
        self._close(order_id, CANCELLED, b"")

    def counters(self):
        """Return slot and highest SEQ known, four bytes per slot, in order of slot."""
        highest = {}
        for order_id in list(self._entries) + [s + f for s, f in self._floors.items()]:
            highest[order_id[:1]] = max(order_id, highest.get(order_id[:1], b""))
        return b"".join(highest[slot] for slot in sorted(highest))

    def _close(self, order_id, state, data):
        """End it in memory first: a flash that takes no more must not let it sound again."""
        if order_id not in self._entries:
            self._make_room(order_id[:1])
        tries = self._entries.get(order_id, Entry(state, 0, data)).tries
        self._entries[order_id] = Entry(state, tries, data)
        self._write(order_id, self._entries[order_id])

    def _write(self, order_id, entry):
        self._store.put(_ENTRY + order_id, bytes((entry.state, entry.tries)) + entry.data)
        self._entries[order_id] = entry

    def _make_room(self, slot):
        """Let the lowest closed entry of this slot fall below the floor."""
        mine = sorted(order_id for order_id in self._entries if order_id[:1] == slot)
        closed = [o for o in mine if self._entries[o].state in (CANCELLED, FINISHED)]
        if len(mine) < _MOST_PER_SLOT or not closed:
            return
        floor = max(closed[0][1:], self._floors.get(slot, b""))
        self._store.put(_FLOOR + slot, floor)
        self._floors[slot] = floor
        self._store.remove(_ENTRY + closed[0])
        del self._entries[closed[0]]
