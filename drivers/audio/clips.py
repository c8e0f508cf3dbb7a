"""Recorded speech: WAV files of one folder, checked before they sound and read piece by piece.

Source of the layout: Multimedia Programming Interface and Data Specifications 1.0 (IBM and
Microsoft, 1991), chapter "Waveform Audio File Format".
"""

import struct

from drivers.errors import BadReply, NoClip, reason

_MOST_BYTES = 2 * 1024 * 1024
_MOST_NAME = 24
_MOST_CHUNKS = 16
_NAME_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_-"
_NO_SUCH_FILE = 2
# PCM, one channel, 8000 samples a second, 16000 bytes a second, 2 bytes and 16 bits a sample.
_FORMAT = struct.pack("<HHIIHH", 1, 1, 8_000, 16_000, 2, 16)


class Clips:
    """The recordings in a folder, NAME.wav each; a name is 1 to 24 of a-z, 0-9, _ and -."""

    def __init__(self, folder):
        self._folder = folder

    def has(self, name):
        """Return whether there is a recording of this name that can be played."""
        try:
            self.open(name).close()
        except (NoClip, BadReply):
            return False
        return True

    def open(self, name):
        """Return the Clip, or raise NoClip, or BadReply that names the file."""
        if not is_name(name):
            raise NoClip("no clip can have such a name")
        path = self._folder + "/" + name + ".wav"
        try:
            return Clip(path)
        except OSError as why:
            if why.args and why.args[0] == _NO_SUCH_FILE:
                raise NoClip("no clip " + name)
            raise BadReply(path + ": " + reason(why))


class Clip:
    """One open recording; samples tells how many there are."""

    def __init__(self, path):
        self._path = path
        self._file = open(path, "rb")  # noqa: SIM115 - open until close()
        try:
            self._left = self._find_sound()
        except (BadReply, OSError):
            self._file.close()
            raise
        self.samples = self._left // 2

    def readinto(self, buffer):
        """Fill this memoryview as far as there is sound; return how many bytes, 0 at the end.

        Raises BadReply if the file has shrunk.
        """
        count = min(len(buffer), self._left)
        try:
            read = self._file.readinto(buffer[:count])
        except OSError as why:
            raise BadReply(self._path + ": " + reason(why))
        if read != count:
            raise self._bad("it ends early")
        self._left -= count
        return count

    def close(self):
        self._file.close()

    def _find_sound(self):
        """Leave the file at its first sample; return how many bytes of sound follow."""
        if self._file.seek(0, 2) > _MOST_BYTES:
            raise self._bad("longer than 2 MB")
        self._file.seek(0)
        head = self._file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            raise self._bad("not a WAV file")
        known = False
        for _ in range(_MOST_CHUNKS):
            name, size = self._chunk()
            if name == b"data":
                return self._checked(known, size)
            known = self._skip(name, size) or known
        raise self._bad("it holds no sound")

    def _chunk(self):
        head = self._file.read(8)
        if len(head) < 8:
            raise self._bad("it holds no sound")
        return struct.unpack("<4sI", head)

    def _skip(self, name, size):
        """Pass over a chunk; return True if it said that the format is ours."""
        after = self._file.seek(0, 1) + size + size % 2
        if after > _MOST_BYTES:
            raise self._bad("it ends early")
        if name == b"fmt " and self._file.read(16) != _FORMAT:
            raise self._bad("expected 16-bit PCM, one channel, 8000 samples a second")
        self._file.seek(after)
        return name == b"fmt "

    def _checked(self, known, size):
        if not known:
            raise self._bad("it does not say its format")
        if not size or size % 2:
            raise self._bad("it holds no whole samples")
        begin = self._file.seek(0, 1)
        if self._file.seek(0, 2) < begin + size:
            raise self._bad("it ends early")
        self._file.seek(begin)
        return size

    def _bad(self, why):
        return BadReply(self._path + ": " + why)


def is_name(name):
    """Return whether this is a name a clip may have: nothing that walks about the disk."""
    return 1 <= len(name) <= _MOST_NAME and all(letter in _NAME_LETTERS for letter in name)
