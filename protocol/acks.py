"""Which frames have arrived: a base SEQ and a bitmap of those just after it, nothing below."""

_MOST_BITMAP_BYTES = 8
_LAST = 0xFFFFFF


class BadAck(ValueError):
    """These bytes are not an acknowledgement."""


def write(seqs):
    """Return as few byte strings as acknowledge exactly these SEQs, each at most 11 bytes."""
    out, waiting = [], sorted(set(seqs))
    while waiting:
        base = waiting[0]
        near = [s for s in waiting if s - base <= 8 * _MOST_BITMAP_BYTES]
        out.append(_one(base, near))
        waiting = waiting[len(near) :]
    return out


def read(data):
    """Return the SEQs acknowledged, in rising order, or raise BadAck."""
    if not 3 <= len(data) <= 3 + _MOST_BITMAP_BYTES:
        raise BadAck("not base and bitmap")
    base = int.from_bytes(data[:3], "big")
    seqs = [base]
    for i in range(8 * (len(data) - 3)):
        if data[3 + i // 8] & 0x80 >> i % 8:
            seqs.append(base + 1 + i)
    if seqs[-1] > _LAST:
        raise BadAck("beyond the last SEQ")
    return seqs


def _one(base, seqs):
    bitmap = bytearray(_MOST_BITMAP_BYTES)
    for seq in seqs[1:]:
        bitmap[(seq - base - 1) // 8] |= 0x80 >> (seq - base - 1) % 8
    return base.to_bytes(3, "big") + bytes(bitmap).rstrip(b"\0")
