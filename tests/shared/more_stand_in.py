"""Declares the message More (SEQ, pieces still missing) where the table does not have it yet."""

from collections import namedtuple

from protocol import frame, messages, proof
from protocol.schema import DOWN, U24, UINT, UP

FIELDS = (("seq", UINT, U24), ("missing", UINT, 16))


def declare():
    """Declare it, and return what takes it back."""
    record = messages._RECORDS["More"] = namedtuple("More", ("seq", "missing"))
    permitted = dict(proof._MAY_CARRY)
    for direction in (UP, DOWN):
        row = messages.Row(2, "More", 0, FIELDS, record)
        messages._ROWS[direction, 2] = messages._ROWS[direction, "More"] = row
        proof._MAY_CARRY[direction, frame.SEALED] += (2,)

    def take_back():
        proof._MAY_CARRY.update(permitted)
        del messages._RECORDS["More"]
        for direction in (UP, DOWN):
            del messages._ROWS[direction, 2], messages._ROWS[direction, "More"]

    return take_back
