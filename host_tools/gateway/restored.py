"""A database put back from an older copy goes on where no number was ever used.

What the lost days numbered is not known, so new frames are sealed one epoch ahead, and every
counter goes on far above what the copy remembers.
"""

from sqlalchemy import Engine, func

from host_tools.gateway import downlink
from host_tools.gateway.database import writing
from host_tools.gateway.tables import boxes

_LAST_EPOCH = 0xFFFF


def was_restored(engine: Engine) -> int:
    """Go on above all that may have been used; return for how many Boxes."""
    ahead = func.min(func.max(boxes.c.epoch, boxes.c.least_epoch) + 1, _LAST_EPOCH)
    with writing(engine) as connection:
        downlink.skip_numbers(connection)
        return connection.execute(boxes.update().values(least_epoch=ahead)).rowcount
