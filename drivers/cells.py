"""A few hundred bytes in a file of their own: the old or the new, never a mixture."""

from drivers.errors import StoreFailed, reason
from drivers.files import put_in_place

_MOST_BYTES = 4_096


class FileCell:
    """What firmware.ports.Cell asks for, in the file at path."""

    def __init__(self, path):
        self._path = path

    def read(self):
        """Return what was last written, or raise OSError if nothing ever was."""
        with open(self._path, "rb") as file:
            return file.read(_MOST_BYTES)

    def write(self, data):
        """Replace the content; on the disk when this returns (on MicroPython flush() is fsync).

        Raises StoreFailed, and the old content is still there.
        """
        if len(data) > _MOST_BYTES:
            raise ValueError("a cell holds at most 4096 bytes")
        try:
            with open(self._path + ".new", "wb") as file:
                file.write(data)
                file.flush()
            put_in_place(self._path + ".new", self._path)
        except OSError as why:
            raise StoreFailed(self._path + ": " + reason(why))
