"""Breaks bytes: bit by bit, piece by piece, or as somebody would who knows CBOR."""

import random

from protocol import cbor

_TELLING = bytes.fromhex(
    "000102151718191a1b1c1f2037385758595b5f607f8081989b9fa0bfc1f4f5f6f7f8f9fbff"
)
_EDGES = (0, 1, 23, 24, 127, 128, 255, 256, 65535, 65536, 2**31, 2**32 - 1, 2**32, 2**64 - 1)
_MOST_VALUES = 64
# What others may write and we never do: floats, a tag, maps, undefined, open lengths, no UTF-8.
_FOREIGN = [
    bytes.fromhex(item)
    for item in (
        *(
            "f93c00",
            "fa3f800000",
            "fb3ff0000000000000",
            "c100",
            "a0",
            "a10102",
            "f7",
            "f0",
            "f820",
        ),
        *(
            "9f00ff",
            "5f4100ff",
            "7f6161ff",
            "1c",
            "ff",
            "61ff",
            "62c080",
            "63eda080",
            "64f4908080",
        ),
        *(
            "66e6b0b4e6b0b4",
            "64f09f9880",
            "5bffffffffffffffff",
            "7b0000000000000001",
            "9affffffff",
        ),
    )
]


def broken(dice: random.Random, data: bytes, other: bytes = b"") -> bytes:
    """Return data changed in one to three places; parts of the other may get into it."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        data = dice.choice(_WAYS)(dice, data, other)
    return data


def broken_cbor(dice: random.Random, body: bytes) -> bytes:
    """Return this sequence with items changed, moved, gone, or written as we never do."""
    try:
        items = [cbor.sequence(value) for value in cbor.Reader(body).values(_MOST_VALUES)]
    except cbor.Malformed:
        return broken(dice, body)
    for _ in range(dice.choice((1, 1, 1, 2))):
        dice.choice(_CBOR_WAYS)(dice, items)
    return b"".join(items)


def _flipped(dice, data, _other):
    at = dice.randrange(8 * len(data)) if data else 0
    return (
        data[: at // 8] + _xor(data[at // 8 : at // 8 + 1], 0x80 >> at % 8) + data[at // 8 + 1 :]
    )


def _xor(byte, bit):
    return bytes(value ^ bit for value in byte)


def _replaced(dice, data, _other):
    at = dice.randrange(len(data)) if data else 0
    return data[:at] + bytes((dice.choice(_TELLING),)) + data[at + 1 :]


def _inserted(dice, data, _other):
    at = dice.randint(0, len(data))
    return data[:at] + dice.randbytes(dice.choice((1, 1, 2, 8))) + data[at:]


def _deleted(dice, data, _other):
    at = dice.randint(0, len(data))
    return data[:at] + data[at + dice.choice((1, 1, 2, 8)) :]


def _cut(dice, data, _other):
    return data[: dice.randint(0, len(data))]


def _doubled(dice, data, _other):
    start, end = sorted(dice.randint(0, len(data)) for _ in range(2))
    return data[:end] + data[start:]


def _spliced(dice, data, other):
    return data[: dice.randint(0, len(data))] + other[dice.randint(0, len(other)) :]


def _longer(dice, data, _other):
    """Mind that a length ends somewhere: up to twice the longest frame."""
    return data + bytes((dice.randrange(256),)) * dice.choice((1, 16, 64, 300, 600))


_WAYS = (_flipped, _flipped, _replaced, _replaced, _inserted, _deleted)
_WAYS += (_cut, _doubled, _spliced, _longer)


def _value(dice):
    """Return any value, often one at the end of what fits."""
    number = dice.choice(_EDGES)
    octets = dice.randbytes(dice.choice((0, 1, 3, 4, 5, 8, 11, 12, 32, 64, 65, 240, 241)))
    some = (number, number, number, -1 - number, True, False, None, octets, octets)
    return dice.choice(
        (*some, "a" * len(octets), (number,) * dice.choice((0, 1, 8, 9, 16, 17, 64, 65)))
    )


def _other_value(dice, items):
    if items:
        items[dice.randrange(len(items))] = cbor.sequence(_value(dice))


def _one_more(dice, items):
    items.insert(
        dice.choice((dice.randint(0, len(items)), len(items))), cbor.sequence(_value(dice))
    )


def _foreign(dice, items):
    at = dice.randint(0, len(items))
    items[at : at + 1] = [dice.choice(_FOREIGN)]


def _one_less(dice, items):
    if items:
        del items[dice.choice((dice.randrange(len(items)), -1))]


def _swapped(dice, items):
    if len(items) > 1:
        one, two = dice.sample(range(len(items)), 2)
        items[one], items[two] = items[two], items[one]


def _broken_within(dice, items):
    if items:
        at = dice.randrange(len(items))
        items[at] = broken(dice, items[at])


def _nested(dice, items):
    if items:
        at = dice.randrange(len(items))
        items[at] = b"\x81" * dice.randint(1, 5) + items[at]


def _written_longer(dice, items):
    """Write the head of an item in more bytes than it needs, which means the same elsewhere."""
    short = [at for at, item in enumerate(items) if item and item[0] & 0x1F < 24]
    if short:
        at, size = dice.choice(short), dice.randrange(4)
        first = items[at][0]
        argument = (first & 0x1F).to_bytes(1 << size, "big")
        items[at] = bytes((first & 0xE0 | 24 + size,)) + argument + items[at][1:]


def _later_release(dice, items):
    items.extend([cbor.sequence(_value(dice))] * dice.choice((1, 2, 15, 16, 17)))


_CBOR_WAYS = (_other_value, _other_value, _broken_within, _broken_within, _one_more, _one_less)
_CBOR_WAYS += (_swapped, _nested, _written_longer, _foreign, _later_release)
