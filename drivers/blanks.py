"""Flash that is erased before anybody needs it: looked at, and erased, sector by sector."""

from drivers.errors import StoreFailed

_PIECE_BYTES = 128
_BLANK = memoryview(b"\xff" * _PIECE_BYTES)


class Blanks:
    """How far an area is known to be blank.  After a restart nothing is known.

    An area has size and sector_bytes, readinto(at, buffer) and erase(at), which sets one
    sector to FF.  Both may raise StoreFailed.
    """

    def __init__(self, area):
        self._area = area
        self._known = 0

    def ready(self):
        return self._known >= self._area.size

    def forget(self):
        """Somebody wrote here."""
        self._known = 0

    def advance(self):
        """See to the next sector; return whether it had to be erased."""
        erased = make_blank(self._area, self._known)
        self._known += self._area.sector_bytes
        return erased

    def finish(self):
        """See to all that is left, now; return how many sectors had to be erased."""
        erased = 0
        while not self.ready():
            erased += self.advance()
        return erased


def make_blank(area, at):
    """Erase the sector that begins at `at` unless it is blank; return whether it was erased."""
    end = at + area.sector_bytes
    if is_blank(area, at, end):
        return False
    area.erase(at)
    if not is_blank(area, at, end):
        raise StoreFailed("a sector of flash cannot be erased any more")
    return True


def is_blank(area, at, end):
    """Return whether all is FF from `at` to `end`."""
    piece = memoryview(bytearray(_PIECE_BYTES))
    while at < end:
        count = min(_PIECE_BYTES, end - at)
        area.readinto(at, piece[:count])
        if piece[:count] != _BLANK[:count]:
            return False
        at += count
    return True
