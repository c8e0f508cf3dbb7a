"""Makes what is fed to both interpreters, the same for a seed: broken bytes of every kind."""

import binascii
import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from protocol import cobs, fragments, frame, keyring_file, table_area
from protocol.frame import SIGNED, BadFrame, Header
from protocol.serial_line import framed
from protocol.text import table
from tests.fuzz.mutation import broken, broken_cbor
from tests.fuzz.population import Genuine, Population, canonical_of, signer_of
from tests.shared.bare_judge import DIGEST_AT
from tests.vectors import county
from tests.vectors.refused_frames import CALL_FRAME

_MODES = tuple(frame.PROOF_BYTES)
_ADDRESSES = (county.BOX, county.OTHER_BOX, county.GROUP, county.EVERYBODY, 0)
_MTUS = (30, 46, 70, 100)


class Item(NamedTuple):
    """what, data, carrier and console as Judge.judge asks for them.

    proven: the canonical bytes of what was proven anew for this item, after it was broken.
    """

    what: str
    data: bytes | list[bytes]
    carrier: int | None = None
    console: bool = False
    proven: frozenset[bytes] = frozenset()


class Maker:
    """Endless items from one seed."""

    def __init__(self, seed: int, population: Population):
        self._dice = random.Random(seed)
        self._frames = population.frames
        self._bare = population.bare
        self._signed = [one for one in self._frames if one.header.mode == SIGNED]
        self._small = [one for one in self._frames if len(one.canonical) <= 255]
        self._keyring = keyring_copy()

    def items(self) -> Iterator[Item]:
        kinds, weights = zip(*_WEIGHTS.items(), strict=True)
        while True:
            yield from (kind(self) for kind in self._dice.choices(kinds, weights, k=100))

    def _reproven(self) -> Item:
        """Broken first and proven then, so that the body's decoders are reached."""
        header, protected = self._broken_and_proven(self._any())
        return self._dressed(header, protected)

    def _forged(self) -> Item:
        """Broken after it was proven, or proven by somebody else."""
        dice, one = self._dice, self._any()
        if dice.random() < 0.2:
            protected = self._by_somebody_else(one)
            data = frame.write(one.header, protected)
        else:
            data = broken(dice, self._on_a_road(one), self._any().canonical)
        carrier = dice.choice((None, None, county.BOX, county.OTHER_BOX))
        return Item("frame", data, carrier, dice.random() < 0.2)

    def _any(self) -> Genuine:
        """Return a genuine frame, a signed one more often than there are."""
        return self._dice.choice(self._signed if self._dice.random() < 0.3 else self._frames)

    def _on_a_road(self, one: Genuine) -> bytes:
        elided = self._dice.random() < 0.3
        return frame.write(one.header, one.canonical[frame.HEADER_BYTES :], elided)

    def _broken_and_proven(self, one: Genuine) -> tuple[Header, bytes]:
        dice, body = self._dice, one.body
        header = self._other_header(one.header) if dice.random() < 0.3 else one.header
        if dice.random() < 0.9:
            body = broken_cbor(dice, body) if dice.random() < 0.7 else broken(dice, body)
        return header, county.proven(header, body, signer_of(body))

    def _other_header(self, header: Header) -> Header:
        dice = self._dice
        changes: dict[str, Callable[[], Any]] = {
            "type": lambda: dice.randrange(32),
            "mode": lambda: dice.choice(_MODES),
            "priority": lambda: dice.randrange(8),
            "ack_wanted": lambda: dice.random() < 0.5,
            "address": lambda: dice.choice(_ADDRESSES),
            "seq": lambda: dice.randrange(1 << 24),
        }
        name = dice.choice(list(changes))
        changed = header._replace(**{name: changes[name]()})
        return changed if changed.mode == header.mode else changed._replace(direction=1)

    def _dressed(self, header: Header, protected: bytes) -> Item:
        elided, dice = self._dice.random() < 0.3, self._dice
        carrier = header.address if elided else dice.choice((None, county.BOX))
        data, console = frame.write(header, protected, elided), header.mode == frame.OPEN
        proven = frozenset((canonical_of(header, protected),))
        return Item("frame", data, carrier, console, proven)

    def _by_somebody_else(self, one: Genuine) -> bytes:
        if one.header.mode == SIGNED:
            return county.signed(one.header, one.body, county.STRANGER)
        if one.header.mode == frame.OPEN:
            return one.body + b"\0\0"
        return county.sealed(one.header, one.body, **self._dice.choice(_WRONG_KEYS))

    def _pack(self) -> Item:
        dice, members, proven = self._dice, [], set()
        for _ in range(dice.choice((0, 1, 2, 3, 16, 17))):
            one = dice.choice(self._small)
            header, protected = self._broken_and_proven(one)
            new, old = canonical_of(header, protected), one.canonical
            proven.add(new)
            member = dice.choice((old, old, new, broken(dice, old)))
            members.append(member[:255])
        payload = b"\x01" + b"".join(bytes((len(one),)) + one for one in members)
        if dice.random() < 0.3:
            payload = broken(dice, payload, CALL_FRAME)
        return Item("payload", payload, proven=frozenset(proven))

    def _relay(self) -> Item:
        dice, one = self._dice, self._any()
        head = bytes((2, dice.choice((0, 1, 3, 3, 4)))) + dice.randbytes(2)
        data = head + (broken(dice, one.canonical) if dice.random() < 0.5 else one.canonical)
        return Item("relay", broken(dice, data) if dice.random() < 0.3 else data)

    def _cut(self) -> tuple[fragments.Cut, frozenset[bytes]]:
        """Return a frame in pieces for some road, and what of it was proven anew."""
        while True:
            one, proven = self._any(), frozenset()
            header, protected = one.header, one.canonical[frame.HEADER_BYTES :]
            if self._dice.random() < 0.5:
                header, protected = self._broken_and_proven(one)
                proven = frozenset((canonical_of(header, protected),))
            try:
                return fragments.Cut(header, protected, self._dice.choice(_MTUS)), proven
            except BadFrame:
                continue

    def _piece(self) -> Item:
        data = self._cut()[0].fragment(self._dice.randrange(64))
        return Item("piece", broken(self._dice, data) if self._dice.random() < 0.7 else data)

    def _pieces(self) -> Item:
        """Pieces of one to three frames, shuffled, some of them broken or twice there."""
        dice, pieces, proven = self._dice, [], frozenset()
        for _ in range(dice.choice((1, 1, 2, 3))):
            cut, own = self._cut()
            count = cut.k + dice.choice((-1, 0, 1, 3))
            pieces += [cut.fragment(index) for index in dice.sample(range(cut.k + 4), count)]
            proven |= own
        dice.shuffle(pieces)
        for _ in range(dice.choice((0, 0, 1, 2))):
            at = dice.randrange(len(pieces))
            pieces[at] = broken(dice, pieces[at], pieces[0])
        return Item("pieces", pieces[:24], proven=proven)

    def _line(self) -> Item:
        dice, stream = self._dice, b""
        for _ in range(dice.choice((1, 2, 3))):
            payload = dice.choice((self._any().canonical, dice.randbytes(dice.randrange(400))))
            line = framed(payload)
            stream += broken(dice, line) if dice.random() < 0.5 else line
        return Item("line", stream)

    def _bare_field(self) -> Item:
        dice = self._dice
        what = dice.choice(sorted(self._bare))
        data = dice.choice(self._bare[what])
        if what == "cbor" or dice.random() < 0.1:
            return Item("cbor", broken_cbor(dice, data))
        if what == "cobs" and dice.random() < 0.5:
            return Item("cobs", cobs.encode(broken(dice, data)))
        return Item(what, broken(dice, data, dice.choice(self._bare[what])))

    def _table(self) -> Item:
        """A text table, broken before its digest was taken anew, or after."""
        dice = self._dice
        whole = dice.choice(county.TEXT_TABLES)
        if dice.random() < 0.2:
            return Item("table", broken(dice, whole))
        body = broken(dice, whole[:DIGEST_AT] + whole[table.ROWS :])
        unchecked = body[:DIGEST_AT] + bytes(8) + body[DIGEST_AT:]
        checked = table_area.digest(unchecked)
        return Item("table", body[:DIGEST_AT] + checked + body[DIGEST_AT:])

    def _keyring_broken(self) -> Item:
        dice, body = self._dice, self._keyring[:-4]
        body = broken_cbor(dice, body) if dice.random() < 0.7 else broken(dice, body)
        return Item("keyring", body + binascii.crc32(body).to_bytes(4, "big"))


def keyring_copy() -> bytes:
    """Return a keyring as provisioning writes it."""
    given = (b"board", county.BOX, county.ISSUE, county.REALM, county.BOX_ROOT, county.EPOCH, 4)
    return keyring_file.write(keyring_file.Keyring(*given, county.ROOTS, county.SLOTS))


_WRONG_KEYS = (
    {"realm": county.OTHER_REALM},
    {"epoch": county.EPOCH + 1},
    {"epoch": county.EPOCH - 1},
    {"box_root": county.secret(77)},
)
_WEIGHTS = {
    Maker._reproven: 50,
    Maker._forged: 18,
    Maker._pack: 4,
    Maker._relay: 3,
    Maker._piece: 4,
    Maker._pieces: 4,
    Maker._line: 4,
    Maker._bare_field: 8,
    Maker._table: 2,
    Maker._keyring_broken: 3,
}
