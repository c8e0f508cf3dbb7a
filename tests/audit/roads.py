"""Every frame that was seen on any road, in order of time."""

from typing import NamedTuple

from tests.audit import modem, proofs, wire, words
from tests.audit.artefacts import Evidence, Keys
from tests.audit.words import Message, Unreadable

IP, SBD = "ip", "sbd"


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


def seen(evidence: Evidence) -> list[Seen]:
    """Return what the logs of both roads hold."""
    found = []
    for t, road, payload, reached, ours in _payloads(evidence):
        for data in wire.members(payload):
            try:
                frame = wire.read(data, evidence.keys.address if road == SBD else None)
            except Unreadable:
                continue
            epoch, message = _opened(evidence.keys, frame)
            found.append(Seen(t, road, frame, reached, ours, epoch, message))
    return sorted(found, key=lambda one: one.t)


def signed_for_the_box(sightings: list[Seen]) -> list[Signed]:
    """Return the SIGNED frames that reached the Box; by IP a bare one counts for nothing."""
    found = []
    for one in sightings:
        if not (one.frame.down and one.reached):
            continue
        if one.frame.mode == wire.SIGNED and one.road == SBD:
            found.append(Signed(one.t, one.frame))
        elif one.message is not None and one.message.name == "Carry":
            found.extend(_carried(one.t, one.message.fields.get("frame")))
    return found


def _payloads(evidence: Evidence):
    """Yield (time, road, payload, reached, ours)."""
    for line in evidence.road:
        if "hex" in line:
            yield line["t"], IP, bytes.fromhex(line["hex"]), line["passed"], not line["injected"]
    for t, payload in modem.to_modem(evidence.iridium):
        yield t, SBD, payload, False, True
    for t, payload in modem.from_modem(evidence.iridium):
        yield t, SBD, payload, True, True
    for line in evidence.iridium:
        if line.get("dir") in ("mo", "mt"):
            yield line["t"], SBD, bytes.fromhex(line["hex"]), line["dir"] == "mo", True


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
