"""How a send ends: exactly one of these words, and the reason in a sentence."""

from collections import namedtuple

SENT = "sent"  # the carrier has it
REFUSED = "refused"  # it was surely not sent
UNKNOWN = "unknown"  # it may have gone: send the same bytes again

Outcome = namedtuple("Outcome", ("word", "reason"))
