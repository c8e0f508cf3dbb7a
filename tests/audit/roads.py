"""Every frame that was seen on any road, in order of time."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tests.audit import modem, proofs, sentences, wire, words
from tests.audit.artefacts import Evidence, Keys, Line
from tests.audit.pieces import Assembly
from tests.audit.words import Message, Unreadable

IP, SBD, BEIDOU = "ip", "sbd", "beidou"


class Seen(NamedTuple):
    """One sighting.  epoch and message: only of what was sealed by this Box's keys.

    reached: it got to the Box, or off the Box to the county.  ours: no stranger injected it.
    """

    t: float
    road: str
    frame: wire.Frame
    reached: bool
    ours: bool
    epoch: int | None
    message: Message | None


class Signed(NamedTuple):
    """A SIGNED frame that the Box was shown, out of a Carry or by satellite."""

    t: float
    frame: wire.Frame


class _Passing(NamedTuple):
    """A payload on a stretch of a road; reached and ours as in Seen."""

    t: float
    road: str
    payload: bytes
    reached: bool
    ours: bool


def seen(evidence: Evidence) -> list[Seen]:
    """Return what the logs of all roads hold; a frame in pieces is there with its k-th."""
    found = []
    stretches: dict[tuple[str, bool], Assembly] = defaultdict(Assembly)
    for passing in _payloads(evidence):
        pieces = stretches[passing.road, passing.reached]
        for frame in _frames(evidence, passing, pieces):
            epoch, message = _opened(evidence.keys, frame)
            found.append(
                Seen(passing.t, passing.road, frame, passing.reached, passing.ours, epoch, message)
            )
    return sorted(found, key=lambda one: one.t)


def signed_for_the_box(sightings: list[Seen]) -> list[Signed]:
    """Return the SIGNED frames that reached the Box; by IP a bare one counts for nothing."""
    found = []
    for one in sightings:
        if not (one.frame.down and one.reached):
            continue
        if one.frame.mode == wire.SIGNED and one.road != IP:
            found.append(Signed(one.t, one.frame))
        elif one.message is not None and one.message.name == "Carry":
            found.extend(_carried(one.t, one.message.fields.get("frame")))
    return found


def _frames(evidence: Evidence, passing: _Passing, pieces: Assembly) -> Iterator[wire.Frame]:
    carrier_names = evidence.keys.address if passing.road != IP else None
    for data in wire.members(passing.payload):
        try:
            if wire.is_piece(data):
                frame = pieces.add(wire.read_piece(data, carrier_names))
            else:
                frame = wire.read(data, carrier_names)
        except Unreadable:
            continue
        if frame is not None:
            yield frame


def _payloads(evidence: Evidence) -> Iterator[_Passing]:
    for line in evidence.road:
        if "hex" in line:
            payload = bytes.fromhex(line["hex"])
            yield _Passing(line["t"], IP, payload, line["passed"], not line["injected"])
    for t, payload in modem.to_modem(evidence.iridium):
        yield _Passing(t, SBD, payload, False, True)
    for t, payload in modem.from_modem(evidence.iridium):
        yield _Passing(t, SBD, payload, True, True)
    for line in evidence.iridium:
        if line.get("dir") in ("mo", "mt"):
            payload = bytes.fromhex(line["hex"])
            yield _Passing(line["t"], SBD, payload, line["dir"] == "mo", True)
    yield from _between_terminals(evidence.beidou, sentences.BOX, sentences.COUNTY)
    yield from _between_terminals(evidence.beidou, sentences.COUNTY, sentences.BOX)


def _between_terminals(log: list[Line], one: str, other: str) -> Iterator[_Passing]:
    """Yield what one terminal was asked to send, and what the other told of it."""
    for asking in sentences.askings(log, one):
        yield _Passing(asking.t, BEIDOU, asking.payload, False, True)
    own = {card.number for card in sentences.cards(log, one)}
    for arrival in sentences.arrivals(log, other):
        if arrival.sender in own:
            yield _Passing(arrival.t, BEIDOU, arrival.payload, True, True)


def _opened(keys: Keys, frame: wire.Frame) -> tuple[int | None, Message | None]:
    if frame.mode != wire.SEALED or frame.address != keys.address:
        return None, None
    found = proofs.opened(keys.box_root, keys.realm, frame)
    if found is None:
        return None, None
    try:
        return found[0], words.read(frame.down, frame.type, found[1])
    except Unreadable:
        return found[0], None


def _carried(t: float, data: object) -> list[Signed]:
    try:
        frame = wire.read(data if isinstance(data, bytes) else b"")
    except Unreadable:
        return []
    return [Signed(t, frame)] if frame.down and frame.mode == wire.SIGNED else []
