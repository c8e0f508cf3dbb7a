"""What a receiver makes of a frame: a verdict in one word and, if it is taken, the meaning.

It asks what a Box and its county ask, in their order, and keeps nothing, so that the vectors, the
fuzz and its corpus can say on both interpreters what the wire says.
"""

from firmware import authority
from protocol import acks, frame, health_delta, keyring_file, messages, proof, series, text
from protocol import keys as derivation
from protocol.ccm import Forged
from protocol.schema import DOWN
from tests.shared.meanings import fields_of

ACCEPTED = "accepted"
# By the name of the exception; anything else that is raised is a fault of the decoder.
REFUSALS = ("BadFrame", "NotPermitted", "Refused", "Damaged", "Forged", "Malformed", "BadMessage")
REFUSALS += ("BadAck", "BadSeries", "BadText", "BadCobs", "BadKeyring")

MODES = ("OPEN", "SEALED", "SIGNED", "", "", "LOCAL")
DIRECTIONS = ("up", "down")


class Keys:
    """What a Box and its county know, from the head of the vectors file."""

    def __init__(self, head):
        self.realm = bytes.fromhex(head["realm"])
        self.epoch, self.address = head["epoch"], head["address"]
        self._root = bytes.fromhex(head["box_root"])
        self._roots = [bytes.fromhex(key) for key in head["roots"]]
        self._slots = [
            keyring_file.Slot(n, bytes.fromhex(k), *rest) for n, k, *rest in head["slots"]
        ]
        self._traffic = {}

    def traffic(self, header):
        purpose = proof.purpose(header)
        if purpose not in self._traffic:
            self._traffic[purpose] = derivation.traffic_key(self._root, self.epoch, purpose)
        return self._traffic[purpose]

    def slot(self, number):
        return next((slot for slot in self._slots if slot.number == number), None)

    def public_keys(self, number):
        return self._roots if number == keyring_file.ROOT_SLOT else [self.slot(number).public_key]


class FrameJudge:
    """cipher opens what is sealed; is_signed(public key, message, signature) judges the rest.

    `proven` has the canonical bytes of each frame whose proof was found right.
    """

    KINDS = {}

    def __init__(self, keys, base_health, tables, cipher, is_signed):
        self.proven = []
        self.address = keys.address
        self._keys = keys
        self._base_health = base_health
        self._tables = tables
        self._cipher = cipher
        self._is_signed = is_signed

    def judge(self, what, data, carrier=None, console=False):
        """Return (verdict, meaning) of a "frame", or of what a kind of this judge knows.

        data is bytes, or a list of them.  carrier is whom the road names, or None.
        """
        try:
            if what == "frame":
                return ACCEPTED, self._frame(data, carrier, console)
            return self.KINDS[what](self, data, carrier)
        except (ValueError, authority.Refused) as why:
            verdict = type(why).__name__
            if verdict not in REFUSALS:
                raise
            return verdict, None

    def _frame(self, data, carrier, console=False):
        header, protected = frame.read(data, carrier, console)
        proof.check_permitted(header)
        message = self._message(header, protected)
        meaning = {
            "mode": MODES[header.mode],
            "direction": DIRECTIONS[header.direction],
            "type": type(message).__name__,
            "priority": header.priority,
            "ack_wanted": header.ack_wanted,
            "address": header.address,
            "seq": header.seq,
            "fields": fields_of(message),
        }
        says = _SAYS.get(meaning["type"])
        said = says(self, message) if says else None
        if said is not None:
            meaning["says"] = said
        return meaning

    def _message(self, header, protected):
        """Return the message that this frame proves, or raise what refuses it."""
        if header.mode == frame.SIGNED:
            return self._signed(header, protected)
        if header.mode == frame.OPEN:
            body = proof.unchecked(header, protected)
        else:
            key, keys = self._keys.traffic(header), self._keys
            body = proof.unseal(self._cipher, key, keys.epoch, keys.realm, header, protected)
            self.proven.append(frame.canonical(header) + protected)
        return self._decoded(header, body)

    def _decoded(self, header, body):
        """Return the message in a body, which is the one way to write it but for later fields."""
        message = messages.decode(header.direction, header.type, body)
        again = messages.encode(header.direction, message)
        if body[: len(again)] != again or (header.direction == DOWN and body != again):
            raise AssertionError("two bodies mean the same")
        return message

    def _signed(self, header, protected):
        """A proof by signature is dear, so what can be told without it is asked before."""
        body, signature = proof.split_signed(protected)
        message = self._decoded(header, body)
        authority.check(self._keys, header, message)
        signed = proof.to_be_signed(self._keys.realm, header, body)
        for key in self._keys.public_keys(message.slot):
            if self._is_signed(key, signed, signature):
                self.proven.append(frame.canonical(header) + protected)
                return message
        raise Forged("not signed by this slot")

    def _acknowledged(self, ack):
        return acks.read(ack.acknowledged)

    def _counted(self, report):
        return list(series.decode(report.values))

    def _changed(self, change):
        return fields_of(health_delta.applied(self._base_health, change))

    def _spoken(self, order):
        return None if order.text is None else text.decode(order.text, self._tables)

    def _carried(self, carry):
        header, _ = frame.read(carry.frame)
        if header.mode != frame.SIGNED or header.direction != DOWN:
            raise authority.Refused("only signed frames travel in a Carry")
        return self._frame(carry.frame, None)


_SAYS = {
    "Ack": FrameJudge._acknowledged,
    "Carry": FrameJudge._carried,
    "HealthDelta": FrameJudge._changed,
    "Order": FrameJudge._spoken,
    "Series": FrameJudge._counted,
}
