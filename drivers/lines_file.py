"""A file of text lines that never outgrows its bounds: the oldest lines fall off."""

from drivers.errors import reason
from drivers.files import put_in_place

_MOST_CHARACTERS = 400
_MOST_LINE_BYTES = 4 * _MOST_CHARACTERS + 1


class JournalFile:
    """What firmware.ports.Lines asks for: path, and path.old for what path had no room for.

    Both together hold at most most_bytes.  A line survives the death of the process at once,
    a power cut once the system has written it out.  A disk that takes no more must not stop
    a Box: a line it refuses is lost, `lost` counts them and `trouble` says why.
    """

    def __init__(self, path, most_bytes):
        self._path = path
        self._most_bytes = most_bytes // 2
        self._at_line_start = False  # not known yet: a power cut may have torn a line
        self.lost = 0
        self.trouble = ""

    def append(self, line):
        """Write one line, at most 400 characters of it."""
        data = line.replace("\n", " ")[:_MOST_CHARACTERS].encode() + b"\n"
        try:
            self._write(data)
        except OSError as why:
            self._at_line_start = False
            self.lost += 1
            self.trouble = self._path + ": " + reason(why)

    def last(self):
        """Return the last line that was written whole, "" if there is none."""
        return _last_line(self._path) or _last_line(self._path + ".old")

    def _write(self, data):
        if not self._at_line_start and _tail(self._path)[-1:] not in (b"", b"\n"):
            data = b"\n" + data
        if not self._appended(data):
            put_in_place(self._path, self._path + ".old")
            self._appended(data)
        self._at_line_start = True

    def _appended(self, data):
        """Write data if the file has room for it, and return whether it had."""
        with open(self._path, "ab") as file:
            end = file.seek(0, 2)
            if end and end + len(data) > self._most_bytes:
                return False
            file.write(data)
        return True


def _last_line(path):
    lines = _tail(path).split(b"\n")
    try:
        return str(lines[-2], "utf-8") if len(lines) > 1 else ""
    except ValueError:
        return ""


def _tail(path):
    """Return the end of the file, more than any one line, or b"" if there is no file."""
    try:
        with open(path, "rb") as file:
            file.seek(max(file.seek(0, 2) - 2 * _MOST_LINE_BYTES, 0))
            return file.read(2 * _MOST_LINE_BYTES)
    except OSError:
        return b""
