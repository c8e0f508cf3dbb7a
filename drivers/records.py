"""Records in an area of flash: how they look, and how a torn one is told from a damaged one.

Area: magic, generation, CRC-32 of both, end mark, retired mark, padding to 16 bytes; records.
Record: bytes in value (2), bytes in key (1), kind (1), check of these (1), key, value, CRC-32
seeded with the area's generation (4), end mark (1).  Numbers are little-endian.
A power cut leaves the beginning of the last record, so its end mark is missing; a record
that has its end mark and is wrong was whole once, and is damaged.
"""

import struct
from binascii import crc32
from collections import namedtuple

from drivers.blanks import is_blank
from drivers.errors import StoreFailed

HEADER_BYTES = 16
WHOLE, TORN, DAMAGED = "whole", "torn", "damaged"

_MAGIC = b"FSL1"
_HEADER = "<4sII"
_END_MARK = 0xA5
_END_MARK_AT = 12
_RETIRED_AT = 13
_HEAD = "<HBBB"
_HEAD_BYTES = 5
_TAIL = "<IB"
_TAIL_BYTES = 5
_PUT, _REMOVE = 1, 2
_MOST_KEY, _MOST_VALUE = 16, 512
_MOST_RECORD = _HEAD_BYTES + _MOST_KEY + _MOST_VALUE + _TAIL_BYTES
_WINDOW_BYTES = 1_024
_ERASED = 0xFF

# live: may be read; complete: a header was written here once, whatever became of it
Header = namedtuple("Header", ("live", "complete", "generation"))


def read_header(area):
    data = area.read(0, HEADER_BYTES)
    magic, generation, checksum = struct.unpack(_HEADER, data[:_END_MARK_AT])
    complete = magic == _MAGIC and data[_END_MARK_AT] == _END_MARK
    right = crc32(data[:8]) == checksum
    return Header(complete and right and data[_RETIRED_AT] == _ERASED, complete, generation)


def write_header(area, generation):
    data = _MAGIC + struct.pack("<I", generation)
    area.program(0, data + struct.pack("<IB", crc32(data), _END_MARK))


def retire(area):
    """This area was copied: never read it again, even if the copy's header should rot."""
    area.program(_RETIRED_AT, b"\0")


def check(key, value):
    """Raise ValueError if no record can hold these."""
    if not 1 <= len(key) <= _MOST_KEY or len(value) > _MOST_VALUE:
        raise ValueError("a record has a key of 1 to 16 bytes and a value of at most 512")


def size_of(key, value_bytes):
    return _HEAD_BYTES + len(key) + value_bytes + _TAIL_BYTES


def build(generation, key, value):
    """Return the record that puts value under key, or removes key if value is None."""
    kind = _REMOVE if value is None else _PUT
    value = value or b""
    record = bytearray(size_of(key, len(value)))
    check_byte = _check_byte(len(value), len(key))
    struct.pack_into(_HEAD, record, 0, len(value), len(key), kind, check_byte)
    begin, tail = _HEAD_BYTES + len(key), len(record) - _TAIL_BYTES
    record[_HEAD_BYTES:begin] = key
    record[begin:tail] = value
    checksum = crc32(memoryview(record)[:tail], generation)
    struct.pack_into(_TAIL, record, tail, checksum, _END_MARK)
    return record


def read_value(area, generation, at, key, value_bytes):
    """Return the value of a record that was good when it was found, or raise StoreFailed."""
    record = memoryview(area.read(at, size_of(key, value_bytes)))
    if not _is_right(record, generation):
        raise StoreFailed("a record in the store can no longer be read")
    return bytes(record[_HEAD_BYTES + len(key) : -_TAIL_BYTES])


def scan(area, generation, note):
    """Read records until the first that is not good: call note(at, key, value_bytes or None)
    for each, and return (WHOLE, TORN or DAMAGED, where reading ended).
    """
    at, window = HEADER_BYTES, _Window(area)
    while at < area.size:
        data = window.from_(at)
        head = _head_in(data)
        if head is None:
            return _verdict_on_head(area, at, data), at
        value_bytes, key_bytes, kind = head
        record = data[: _HEAD_BYTES + key_bytes + value_bytes + _TAIL_BYTES]
        if not _is_right(record, generation):
            return _verdict_on_record(area, at, record, head), at
        key = bytes(record[_HEAD_BYTES : _HEAD_BYTES + key_bytes])
        note(at, key, value_bytes if kind == _PUT else None)
        at += len(record)
    return WHOLE, at


class _Window:
    """A view into the area, read in large pieces: many small ones would crumble the heap."""

    def __init__(self, area):
        self._area = area
        self._begin = self._end = 0
        self._buffer = memoryview(bytearray(_WINDOW_BYTES))

    def from_(self, at):
        """Return what begins at `at`: the longest record, or all there is before the end."""
        if min(at + _MOST_RECORD, self._area.size) > self._end:
            self._begin, self._end = at, min(at + _WINDOW_BYTES, self._area.size)
            self._area.readinto(at, self._buffer[: self._end - at])
        return self._buffer[at - self._begin : self._end - self._begin]


def _head_in(data):
    """Return (bytes in value, bytes in key, kind), or None if no record begins here."""
    if len(data) < _HEAD_BYTES:
        return None
    value_bytes, key_bytes, kind, check_byte = struct.unpack_from(_HEAD, data)
    possible = value_bytes <= _MOST_VALUE and 1 <= key_bytes <= _MOST_KEY
    if possible and kind in (_PUT, _REMOVE) and check_byte == _check_byte(value_bytes, key_bytes):
        return value_bytes, key_bytes, kind
    return None


def _check_byte(value_bytes, key_bytes):
    """Return a byte that is never that of erased flash."""
    return (value_bytes + (value_bytes >> 8) + 7 * key_bytes) & 0x7F


def _is_right(record, generation):
    if len(record) < _HEAD_BYTES + _TAIL_BYTES or record[-1] != _END_MARK:
        return False
    checksum = struct.unpack_from("<I", record, len(record) - _TAIL_BYTES)[0]
    return crc32(record[:-_TAIL_BYTES], generation) == checksum


def _verdict_on_record(area, at, record, head):
    """Judge a record whose head is right: its beginning only, or damaged."""
    fits = len(record) == _HEAD_BYTES + head[0] + head[1] + _TAIL_BYTES
    torn = fits and record[-1] != _END_MARK and is_blank(area, at + len(record), area.size)
    return TORN if torn else DAMAGED


def _verdict_on_head(area, at, data):
    """Judge what is no head: nothing was written here, or its beginning, or it was damaged."""
    head = bytes(data[:_HEAD_BYTES])
    if head[-1] != _ERASED or not is_blank(area, at + _HEAD_BYTES, area.size):
        return DAMAGED
    return WHOLE if head == b"\xff" * len(head) else TORN
