"""Payloads on a serial or radio line, where bytes are lost and noise comes in between.

On the line is COBS(payload, CRC-16 big-endian), a zero before it and a zero behind it: whoever
begins to listen in the middle, or loses a byte, is right again at the next zero.
"""

from protocol import cobs
from protocol.crc16 import crc16

_CRC_BYTES = 2


def framed(payload):
    """Return the bytes that carry this payload on a line."""
    checked = bytes(payload) + crc16(payload).to_bytes(_CRC_BYTES, "big")
    return b"\0" + cobs.encode(checked) + b"\0"


class Deframer:
    """Payloads of at most `most_bytes` out of a stream; `spoiled` counts what was none."""

    def __init__(self, most_bytes):
        self.spoiled = 0
        self._kept = bytearray(cobs.encoded_bytes(most_bytes + _CRC_BYTES))
        self._used = 0
        self._too_long = False

    def feed(self, data):
        """Take the next bytes of the stream; return the whole payloads among them."""
        payloads, at = [], 0
        while at < len(data):
            zero = data.find(b"\0", at)
            end = len(data) if zero < 0 else zero
            self._keep(data[at:end])
            if zero >= 0:
                self._end(payloads)
            at = end + 1
        return payloads

    def _keep(self, part):
        end = self._used + len(part)
        if end > len(self._kept):
            self._too_long = True
            return
        self._kept[self._used : end] = part
        self._used = end

    def _end(self, payloads):
        """A zero came: what was kept is a payload, or spoiled, or nothing."""
        stuffed, too_long = self._kept[: self._used], self._too_long
        self._used, self._too_long = 0, False
        if not stuffed and not too_long:
            return
        payload = None if too_long else _payload(stuffed)
        if payload is None:
            self.spoiled += 1
        else:
            payloads.append(payload)


def _payload(stuffed):
    try:
        checked = cobs.decode(stuffed)
    except cobs.BadCobs:
        return None
    if len(checked) <= _CRC_BYTES or crc16(checked):
        return None
    return checked[:-_CRC_BYTES]
