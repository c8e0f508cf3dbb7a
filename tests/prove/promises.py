"""The three promises, asked of what is on flash, in the database, in the air, heard and shown.

Nothing here asks the firmware or the gateway what they believe.
"""

from collections import Counter

from drivers import lamp
from tests.prove.opened import opened

_SLIP, _SLIP_HEAD = b"S", 8  # firmware.slip: type, priority, epoch and SEQ stand before the body


def broken(world):
    """Return a sentence for each promise that is broken now."""
    rows = _rows(world.desk)
    return [
        *world.witness.broken,
        *_lost(world, rows),
        *_acknowledged_too_early(world, rows),
        *_doubled(world, rows),
        *_lamp_says_too_much(world, rows),
        *_crashed(world),
    ]


def _rows(desk):
    """Return [(epoch, SEQ, kind, body)] of the messages in the database."""
    found = []
    for epoch, seq, data in desk.database.messages:
        (said,) = opened(data, False)
        found.append((epoch, seq, said.kind, said.body))
    return found


def _lost(world, rows):
    """What post() said was kept is on flash or in the county's table, always."""
    there = {body for _, _, _, body in rows} | _on_flash(world)
    for kind, body in world.witness.posts:
        if body not in there:
            yield f"a {kind} that was kept is neither on flash nor at the county"


def _on_flash(world):
    _, items, _ = world.flash_found()
    return {value[_SLIP_HEAD:] for key, value in items if key[:1] == _SLIP}


def _acknowledged_too_early(world, rows):
    committed = {(epoch, seq) for epoch, seq, _, _ in rows}
    for name in sorted(world.witness.acknowledged - committed):
        yield f"acknowledged and not committed: epoch and SEQ {name}"


def _doubled(world, rows):
    """A message has as many rows as it was posted, at most."""
    posted = Counter(world.witness.posts)
    found = Counter((kind, body) for _, _, kind, body in rows)
    for (kind, body), times in found.items():
        if times > posted[kind, body]:
            yield f"a {kind} has {times} rows and was posted {posted[kind, body]} times"


def _lamp_says_too_much(world, rows):
    shown = world.village.board.lamp.shown
    calls = sum(kind == "Call" for kind, _ in world.witness.posts)
    committed = sum(kind == "Call" for _, _, kind, _ in rows)
    if lamp.CALLING in shown and not calls:
        yield "the lamp shows calling, and no call was kept"
    if lamp.DELIVERED in shown and committed < calls:
        yield "the lamp shows delivered, and the call is not committed"


def _crashed(world):
    for line in world.village.crashes():
        yield f"a service crashed: {line}"
