"""A slot of the flash that may hold a later release: a header sector, then a ROMFS image.

Header: magic, format, release number, bytes in the image (4 each), board (16), version (24),
SHA-256 of the image (32), CRC-32 of all before.  The next page has a byte for each start that
was not yet confirmed, the third page one that confirms; FF becomes 00, which takes no erase.
"""

import hashlib
import struct
from binascii import crc32

_HEADER = "<8sIII16s24s32s"
_MAGIC, _FORMAT = b"FENGSLOT", 1
_HEADER_BYTES = 92
_IMAGE_AT = 4_096
_PAGE_BYTES = 256
_STARTS_AT, _MOST_STARTS = 256, 3
_CONFIRMED_AT = 512
_FREE = 0xFF
_PIECE_BYTES = 4_096


class Slot:
    """flash is the slot's own area, as rp2.Flash: readable in place."""

    def __init__(self, flash):
        self._flash = flash
        self._view = memoryview(flash)
        self.number, self._image_bytes, self._board, self._digest = _header(self._view)

    def is_for(self, board):
        return self._board == board.encode()

    def is_confirmed(self):
        return self._view[_CONFIRMED_AT] != _FREE

    def may_start(self):
        """Return whether it was confirmed, or started fewer than three times."""
        return self.is_confirmed() or _FREE in self._starts()

    def is_whole(self):
        """Return whether every byte of the image is as it was built."""
        if not 0 < self._image_bytes <= len(self._view) - _IMAGE_AT:
            return False
        sha256, image = hashlib.sha256(), self.image()
        for at in range(0, len(image), _PIECE_BYTES):
            sha256.update(image[at : at + _PIECE_BYTES])
        return sha256.digest() == self._digest

    def image(self):
        return self._view[_IMAGE_AT : _IMAGE_AT + self._image_bytes]

    def count_start(self):
        """Remember on flash that it is being started, unless it was confirmed."""
        if not self.is_confirmed():
            self._mark(_STARTS_AT, self._starts().index(b"\xff"))

    def confirm(self):
        """The Box has run from here long enough to be trusted."""
        self._mark(_CONFIRMED_AT, 0)

    def _starts(self):
        return bytes(self._view[_STARTS_AT : _STARTS_AT + _MOST_STARTS])

    def _mark(self, page_at, byte):
        page = bytearray(b"\xff" * _PAGE_BYTES)
        page[byte] = 0
        self._flash.writeblocks(0, page, page_at)


def _header(view):
    """Return (number, image bytes, board, digest); a slot without a header is for no board."""
    data = bytes(view[:_HEADER_BYTES])
    magic, form, number, image_bytes, board, _, digest = struct.unpack(_HEADER, data)
    checksum = struct.unpack_from("<I", view, _HEADER_BYTES)[0]
    if magic != _MAGIC or form != _FORMAT or crc32(data) != checksum:
        return 0, 0, b"", b""
    return number, image_bytes, board.rstrip(b"\x00"), digest
