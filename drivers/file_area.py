"""A file that stands for an area of flash."""

from drivers.errors import StoreFailed, reason

_PIECE_BYTES = 4_096
_NO_SUCH_FILE = 2


class FileArea:
    """The first size bytes of the file at path; what is programmed is on the disk.

    (On MicroPython flush() is fsync.)  The file is made, and given its whole length, if need
    be; raises OSError whose text names the file and says what to do.
    """

    def __init__(self, path, size, sector_bytes):
        self.size = size
        self.sector_bytes = sector_bytes
        self._path = path
        try:
            self._file = _made(path, size)
        except OSError as why:
            code = why.args[0] if why.args else 5
            raise OSError(code, path + ": the store needs this file: " + reason(why))

    def read(self, at, count):
        """Return count bytes, or as many as there are before the end, or raise StoreFailed."""
        data = bytearray(max(min(count, self.size - at), 0))
        self.readinto(at, data)
        return data

    def readinto(self, at, buffer):
        """Fill the buffer with what is from `at` on, or raise StoreFailed."""
        try:
            self._file.seek(at)
            count = self._file.readinto(buffer)
        except OSError as why:
            raise StoreFailed(self._path + ": " + reason(why))
        if count != len(buffer):
            raise StoreFailed(self._path + ": it has become shorter")

    def program(self, at, data):
        """Write data where nothing was written since the last erase(), or raise StoreFailed."""
        if at + len(data) > self.size:
            raise ValueError("beyond the end of the area")
        try:
            self._file.seek(at)
            self._file.write(data)
            self._file.flush()
        except OSError as why:
            raise StoreFailed(self._path + ": " + reason(why))

    def erase(self, at):
        """Fill the sector that begins at `at` with FF, or raise StoreFailed."""
        try:
            self._file.seek(at)
            _fill(self._file, self.sector_bytes)
        except OSError as why:
            raise StoreFailed(self._path + ": " + reason(why))

    def close(self):
        self._file.close()


def _made(path, size):
    """Return the file, open, with at least size bytes."""
    file = _opened(path)
    try:
        file_bytes = file.seek(0, 2)
        if file_bytes < size:
            _fill(file, size - file_bytes)
    except OSError:
        file.close()
        raise
    return file


def _opened(path):
    try:
        return open(path, "r+b", buffering=0)
    except OSError as why:
        if why.args[0] != _NO_SUCH_FILE:
            raise
    return open(path, "w+b", buffering=0)


def _fill(file, count):
    blank = b"\xff" * _PIECE_BYTES
    while count > 0:
        file.write(blank[:count])
        count -= _PIECE_BYTES
    file.flush()
