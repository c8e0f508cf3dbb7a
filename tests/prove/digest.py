"""The canonical state: two that have the same go on in the same way, as far as anybody can see.

Left out is what only tells two runs apart: numbers the county has used up, which copy of an
acknowledgement was read, how often a frame was received, row numbers, journals.
"""

import asyncio
import hashlib
import types

from firmware.journal import Journal
from firmware.recent import Recent
from tests.prove.opened import opened

DIGEST_BYTES = 16


def digest(world, left):
    """Return the digest of this world, in which these deeds are left."""
    state = (
        sorted(left.items()),
        world.flash_found(),
        sorted(world.village.refusals.items()),
        _Walk().told([run for _, run in world.village.box.services]),
        _parts(world.village.board),
        world.time.ticks_ms(),
        world.time.timers(),
        sorted(_parcel(parcel) for parcel in world.air.parcels),
        world.desk.database.content,
        world.witness.told(),
    )
    return hashlib.blake2b(repr(state).encode(), digest_size=DIGEST_BYTES).digest()


def _parts(board):
    player = board.player
    return board.lamp.shown[-1:], board.amplifier.awake, player.heard, player._started


def _parcel(parcel):
    """Of what the county sealed only what it says counts, not its number."""
    said = opened(parcel.data, parcel.road == "sbd")
    if parcel.way == "up":
        return parcel.road, "up", tuple(one.canonical for one in said)
    return parcel.road, "down", tuple(repr(_content(one)) for one in said)


def _content(said):
    """Return what a frame of the county says; a Carry's own signed frame has its number."""
    return said.message if said.name[1] >= 0 else said.canonical


class _Walk:
    """Goes through the firmware's objects and leaves nothing out but what a comment says."""

    def __init__(self):
        self._seen = {}

    def told(self, value):
        if isinstance(value, (types.NoneType, bool, int, float, str, bytes)):
            return value
        if isinstance(value, bytearray):
            return bytes(value)
        if isinstance(value, (list, tuple)):
            return tuple(map(self.told, value))
        if isinstance(value, dict):
            return tuple(self.told(item) for item in sorted(value.items(), key=repr))
        if isinstance(value, set):
            return tuple(sorted(value))
        if isinstance(value, asyncio.Event):
            return value.is_set()
        return self._told_object(value)

    def _told_object(self, value):
        if id(value) in self._seen:
            return "seen", self._seen[id(value)]
        self._seen[id(value)] = len(self._seen)
        if isinstance(value, types.MethodType):
            return value.__name__, self.told(value.__self__)
        if isinstance(value, types.FunctionType):
            return tuple(self.told(cell.cell_contents) for cell in value.__closure__ or ())
        if isinstance(value, Recent):
            return value._used  # which number of the county it was is not part of the state
        if isinstance(value, Journal) or not type(value).__module__.startswith("firmware."):
            return type(value).__name__
        return type(value).__name__, tuple(map(self.told, vars(value).values()))
