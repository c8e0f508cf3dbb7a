"""Which faults are open.  A fault is reported when it opens and when it clears, not in between."""

from drivers.errors import DriverError
from firmware.outbox import OutboxFull
from protocol import messages
from protocol.schema import FAULT

_HIGH = ("amplifier_silent", "no_output", "line_open", "line_short", "store_damaged", "store_full")
_KEY = b"A"


class Sentinel:
    """Open faults outlive a restart, so that the county sees one fault once."""

    def __init__(self, store, outbox, timekeeper, journal):
        self._store = store
        self._outbox = outbox
        self._timekeeper = timekeeper
        self._journal = journal
        self._open = int.from_bytes(store.get(_KEY) or b"\0", "big")

    def bits(self):
        """Return the open faults; bit i is schema.FAULT[i]."""
        return self._open

    def open(self, code, evidence=None):
        self._change(code, True, evidence)

    def clear(self, code):
        self._change(code, False, None)

    def clear_all(self, codes):
        for code in codes:
            self.clear(code)

    def post(self, message, instead_of=()):
        """Post a report that its next may replace; return its Slip, or None.

        One that cannot be kept is the fault store_full until another can.
        """
        try:
            slip = self._outbox.post(message, instead_of)
        except (OutboxFull, DriverError):
            self.open("store_full")
            return None
        self.kept()
        return slip

    def kept(self):
        """A report was kept; while there is room for the urgent ones only, that clears nothing."""
        if not self._outbox.full():
            self.clear("store_full")

    def _change(self, code, is_open, evidence):
        bit = 1 << FAULT.index(code)
        if bool(self._open & bit) == is_open:
            return
        self._journal.note("sentinel", code + (" opened" if is_open else " cleared"))
        severity = ("high" if code in _HIGH else "low") if is_open else None
        fault = messages.make(
            "Fault",
            code=code,
            open=is_open,
            minute=self._timekeeper.minute(),
            severity=severity,
            evidence=evidence,
        )
        self._open ^= bit
        self._report(fault)

    def _report(self, fault):
        """Tell the county; who finds a fault must not stumble over a report not kept."""
        try:
            self._outbox.post(fault)
            self._store.put(_KEY, self._open.to_bytes(4, "big"))
        except (OutboxFull, DriverError) as why:
            self._journal.note("sentinel", "report not kept: " + str(why))
