"""Records in a sector of flash: how they look, and how a torn one is told from a damaged one.

This format is frozen for ever: whatever release a Box goes back to finds what was kept.
A sector is a header (drivers/ring.py), then records one after the other; but a record that would
cross into the next 256 bytes (a page of flash) may begin there instead if at most 48 stay blank.
Record: bytes in value (2), bytes in key (1), kind (1), check of these (1), key, value, CRC-32 of
all before, seeded with the sector's number (4), end mark (1), done (1): FF while the record
counts, anything else once it was removed or replaced.  Numbers are little-endian.
A power cut leaves the beginning of the last record, so its end mark is missing; a record
that has its end mark and is wrong was whole once, and is damaged.
"""

import struct
from binascii import crc32

HEADER_BYTES = 24  # at the beginning of each sector
MOST_KEY, MOST_VALUE = 16, 1_024
WHOLE, TORN, DAMAGED = "whole", "torn", "damaged"
DONE = b"\0"  # what is programmed into the last byte of a record

_HEAD = "<HBBB"
_HEAD_BYTES = 5
_KIND_AT = 3
_TAIL = "<IBB"
_TAIL_BYTES = 6
MOST_RECORD = _HEAD_BYTES + MOST_KEY + MOST_VALUE + _TAIL_BYTES
_END_MARK = 0xA5
_PUT = 1
_PAGE_BYTES = 256
_MOST_GAP = 48
_ERASED = 0xFF
_NO_HEAD = b"\xff" * _HEAD_BYTES
_BLANK_GAP = b"\xff" * _MOST_GAP


def size_of(key, value_bytes):
    return _HEAD_BYTES + len(key) + value_bytes + _TAIL_BYTES


def place(at, size):
    """Return where a record of this size should begin if at is the first blank byte."""
    gap = -at % _PAGE_BYTES
    return at + gap if gap <= _MOST_GAP and gap < size <= _PAGE_BYTES else at


def build(number, key, value):
    """Return the record that puts value under key in the sector with this number."""
    record = bytearray(size_of(key, len(value)))
    check_byte = _check_byte(len(value), len(key))
    struct.pack_into(_HEAD, record, 0, len(value), len(key), _PUT, check_byte)
    begin, tail = _HEAD_BYTES + len(key), len(record) - _TAIL_BYTES
    record[_HEAD_BYTES:begin] = key
    record[begin:tail] = value
    checksum = crc32(memoryview(record)[:tail], number)
    struct.pack_into(_TAIL, record, tail, checksum, _END_MARK, _ERASED)
    return record


def value_in(record, number, key):
    """Return the value that these bytes of a sector hold for this key, or None."""
    begin = _HEAD_BYTES + len(key)
    if record[_HEAD_BYTES:begin] != key or not _is_right(record, number):
        return None
    return bytes(record[begin:-_TAIL_BYTES])


def begin_right(sector, number):
    """Return whether the first record of this sector is whole and of this number."""
    return _is_right_at(sector, HEADER_BYTES, number)


def read(sector, number, known, found):
    """Call found(at, key, value_bytes, live) for the records in the bytes of a sector, in order.

    A dead record is only told of, and only read wholly, if its key is known: that is what it
    ends.  Returns (WHOLE, TORN or DAMAGED, where the next record would go).
    """
    at, verdict = HEADER_BYTES, WHOLE
    while True:
        head = _head_at(sector, at)
        if head is None:
            at = _after_gap(sector, at)
            head = _head_at(sector, at)
        if head is None and _is_untouched(sector, at):
            return verdict, at
        if head is None or not _told(sector, at, head, number, known, found):
            if _is_torn(sector, at, head):
                return (TORN if verdict == WHOLE else verdict), len(sector)
            verdict, at = DAMAGED, _next_right(sector, at, number)
        else:
            at += head[2]


def _told(sector, at, head, number, known, found):
    """Tell of one record; return whether that could be done: a wrong one is not told of."""
    value_bytes, key_bytes, size = head
    live = sector[at + size - 1] == _ERASED
    key = bytes(sector[at + _HEAD_BYTES : at + _HEAD_BYTES + key_bytes])
    if live or key in known:
        if not _is_right(sector[at : at + size], number):
            return False
        found(at, key, value_bytes, live)
    return True


def _after_gap(sector, at):
    """Return where a record begins: here, or behind the blank end of a page."""
    page = at + -at % _PAGE_BYTES
    if not 0 < page - at <= _MOST_GAP or page >= len(sector):
        return at
    is_gap = sector[at:page] == _BLANK_GAP[: page - at]
    return page if is_gap and sector[page : page + _HEAD_BYTES] != _NO_HEAD else at


def _head_at(sector, at):
    """Return (bytes in value, in key, in the record), or None if no record can begin here."""
    if at + _HEAD_BYTES > len(sector):
        return None
    value_bytes, key_bytes, kind, check_byte = struct.unpack_from(_HEAD, sector, at)
    size = _HEAD_BYTES + key_bytes + value_bytes + _TAIL_BYTES
    fits = kind == _PUT and 1 <= key_bytes <= MOST_KEY and at + size <= len(sector)
    if fits and check_byte == _check_byte(value_bytes, key_bytes):
        return value_bytes, key_bytes, size
    return None


def _check_byte(value_bytes, key_bytes):
    """Return a byte that is never that of erased flash."""
    return (value_bytes + (value_bytes >> 8) + 7 * key_bytes) & 0x7F


def _is_right(record, number):
    tail = len(record) - _TAIL_BYTES
    checksum, end_mark, _ = struct.unpack_from(_TAIL, record, tail)
    return end_mark == _END_MARK and crc32(record[:tail], number) == checksum


def _is_right_at(sector, at, number):
    head = _head_at(sector, at)
    return head is not None and _is_right(sector[at : at + head[2]], number)


def _is_torn(sector, at, head):
    """Return whether what is wrong here is only the beginning of a record, and the last one."""
    if head is None:
        return sector[at + _HEAD_BYTES - 1] == _ERASED and _is_untouched(sector, at + _HEAD_BYTES)
    end = at + head[2]
    return sector[end - 2] != _END_MARK and _is_untouched(sector, end)


def _is_untouched(sector, at):
    return not bytes(sector[at:]).rstrip(b"\xff")


def _next_right(sector, at, number):
    """Return where the next record begins, behind `at`, that is as it was written."""
    for begin in range(at + 1, len(sector) - _HEAD_BYTES):
        if sector[begin + _KIND_AT] == _PUT and _is_right_at(sector, begin, number):
            return begin
    return len(sector)
