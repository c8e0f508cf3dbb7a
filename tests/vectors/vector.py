"""One vector: a rule in words, bytes, the verdict on them and, of what is taken, the meaning."""

import json
from typing import Any, NamedTuple

from protocol import frame, messages
from tests.shared.frame_judge import ACCEPTED, DIRECTIONS, MODES
from tests.shared.meanings import fields_of
from tests.vectors import county


class Vector(NamedTuple):
    """what: "frame" or a word of wire_judge.Judge.KINDS; data: bytes, for "pieces" a list of them.

    carrier: the address that the road names; console: no road, but a technician's cable;
    one_way: these bytes are read, and the same meaning is written otherwise.
    """

    rule: str
    what: str
    data: bytes | list[bytes]
    verdict: str
    meaning: Any = None
    carrier: int | None = None
    console: bool = False
    one_way: bool = False

    def line(self) -> str:
        """Return it as one line of JSON; what is not so is left out."""
        octets = self.data.hex() if isinstance(self.data, bytes) else [d.hex() for d in self.data]
        said = {"rule": self.rule, "what": self.what, "carrier": self.carrier}
        said |= {"console": self.console, "one_way": self.one_way}
        shown = {name: value for name, value in said.items() if value not in (None, False)}
        shown |= {"bytes": octets, "verdict": self.verdict}
        if self.meaning is not None:
            shown["meaning"] = self.meaning
        return json.dumps(shown, ensure_ascii=False)


def taken(rule, header, message, says=None, elided=False, later=b"") -> Vector:
    """Return the Vector of a frame that is taken; `later` are fields of a later release."""
    body = messages.encode(header.direction, message) + later
    data = frame.write(header, county.proven(header, body, county.signer_of(message)), elided)
    carrier = county.BOX if elided else None
    meant, console = meaning(header, message, says), header.mode == frame.OPEN
    return Vector(rule, "frame", data, ACCEPTED, meant, carrier, console, bool(later))


def refused(rule, verdict, header, body, signer=county.ROOT) -> Vector:
    """Return the Vector of a frame that is proven as it should be, and refused all the same."""
    data = frame.write(header, county.proven(header, body, signer))
    return Vector(rule, "frame", data, verdict, console=header.mode == frame.OPEN)


def meaning(header, message, says=None) -> dict[str, Any]:
    """Return what a frame says: its header, its fields and what is packed into one of them."""
    meant = {
        "mode": MODES[header.mode],
        "direction": DIRECTIONS[header.direction],
        "type": type(message).__name__,
        "priority": header.priority,
        "ack_wanted": header.ack_wanted,
        "address": header.address,
        "seq": header.seq,
        "fields": fields_of(message),
    }
    return meant if says is None else meant | {"says": says}
