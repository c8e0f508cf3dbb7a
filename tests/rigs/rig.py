"""What every road's rig has: the time, the driver, its peer's line, and what its carrier lost.

A rig is made inside a running loop.  Beside what stands here it has had(), the messages that
the peer has taken whole, in order, and what its road can do of: unplug() and plug(), cut_power()
and restore_power(), fill_queue() for the next send, no_signal() and signal(), give(payload)
for the county's payloads, damaged_up(data) and damaged_down(said) with a wrong checksum.
"""

from tests.fakes import FakeClock

# The sentences that a road may not know; how each is said stands in tests/shared/contract.py.
SENTENCES = ("missing", "start", "power", "echo", "half", "garbage", "unsolicited", "silence")
SENTENCES += ("sum to the modem", "sum from the modem", "queue", "signal", "lost", "twice")
SENTENCES += ("length", "two", "cancel", "spoilt payload")
SENTENCES += ("noise in a payload",)


class Rig:
    NAME = ""
    MOST_BYTES = 0  # of a message upward
    SEND_MS = 600_000  # a send ends within
    GIVE_MS = 200_000  # a payload from the county is here within, spoilt once or not
    UNSOLICITED = ()  # whole lines that may come at any time
    NOT_HERE = {}  # {sentence: why this road does not know it}

    def __init__(self):
        self.clock = FakeClock()
        self.line = None  # tests.fakes.FakeLine, where there is one
        self.services = ()
        self.modem = None
        self._lost = []  # numbers of the messages in had()

    def had(self):
        raise NotImplementedError

    def complaint(self):
        """Return what the carrier has to say against the driver, "" if nothing."""
        return ""

    def lose_next(self):
        """The carrier takes the next message, reports success and loses it."""
        self._lost.append(len(self.had()))

    def delivered(self):
        """Return the messages that reached the county."""
        return [data for at, data in enumerate(self.had()) if at not in self._lost]


def flipped(data, at):
    """Return data with one bit of one byte turned over."""
    changed = bytearray(data)
    changed[at] ^= 4
    return bytes(changed)
