"""What a receiver makes of bytes: a verdict in one word and, of what is taken, the meaning.

It asks what a Box and its county ask, in their order, and keeps nothing, so that the vectors, the
fuzz and its corpus can say on both interpreters what the wire says.  A meaning is made of what
JSON has; byte strings are written as hex.
"""

from binascii import hexlify
from hashlib import sha256

from firmware import authority
from protocol import (
    acks,
    cbor,
    cobs,
    containers,
    fragments,
    frame,
    health_delta,
    keyring_file,
    messages,
    proof,
    series,
    text,
)
from protocol import keys as derivation
from protocol.ccm import Forged
from protocol.reassembly import Reassembly
from protocol.schema import DOWN, UP
from protocol.serial_line import Deframer

ACCEPTED = "accepted"
UNFINISHED = "Unfinished"  # fragments of which no frame was proven
SPOILED = "Spoiled"  # a line without one whole payload
# By the name of the exception; anything else that is raised is a fault of the decoder.
REFUSALS = ("BadFrame", "NotPermitted", "Refused", "Damaged", "Forged", "Malformed", "BadMessage")
REFUSALS += ("BadAck", "BadSeries", "BadText", "BadCobs", "BadKeyring")

MODES = ("OPEN", "SEALED", "SIGNED", "", "", "LOCAL")
DIRECTIONS = ("up", "down")
LINE_BYTES = 340
SETS = 2
_MOST_VALUES = 64


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


class Judge:
    """cipher opens what is sealed; is_signed(public key, message, signature) judges the rest.

    `proven` has the canonical bytes of each frame whose proof was found right.
    """

    def __init__(self, keys, base_health, tables, cipher, is_signed):
        self.proven = []
        self.address = keys.address
        self._keys = keys
        self._base_health = base_health
        self._tables = tables
        self._cipher = cipher
        self._is_signed = is_signed

    def judge(self, what, data, carrier=None, console=False):
        """Return (verdict, meaning): of a "frame", or of another thing that KINDS names.

        data is bytes, for "pieces" a list of them.  carrier is whom the road names, or None.
        """
        try:
            if what == "frame":
                return ACCEPTED, self._frame(data, carrier, console)
            return KINDS[what](self, data, carrier)
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

    def _payload(self, data, carrier):
        """A bad member costs only itself, so each has a verdict of its own."""
        members = containers.unpack(data)
        return ACCEPTED, [list(self.judge("frame", one, carrier)) for one in members]

    def _relay(self, data, _carrier):
        hops_left, next_hop, inner = containers.unrelay(data)
        what = "piece" if frame.is_fragment(inner) else "frame"
        return ACCEPTED, [hops_left, next_hop, list(self.judge(what, inner))]

    def _piece(self, data, carrier):
        piece = fragments.read(data, carrier)
        name = [piece.header.address, piece.header.seq, piece.index, piece.k, piece.check]
        return ACCEPTED, name + [told(piece.data)]

    def _pieces(self, payloads, carrier):
        """Return what the pieces, as they come, add up to, and which frames lack how many."""
        reassembly, frames, bad = Reassembly(SETS), [], 0
        for payload in payloads:
            try:
                rebuilt = reassembly.put("road", fragments.read(payload, carrier))
            except frame.BadFrame:
                bad += 1
                continue
            while rebuilt is not None:
                found = self.judge("frame", rebuilt.frame)
                frames.append(list(found))
                rebuilt = reassembly.judged(rebuilt, found[0] == ACCEPTED)
        reassembly.lack("road")  # so that a second look finds what got no piece since
        lack = reassembly.lack("road")
        missing = [lack.header.seq, lack.missing] if lack else None
        verdict = ACCEPTED if [one for one in frames if one[0] == ACCEPTED] else UNFINISHED
        return verdict, {"bad": bad, "frames": frames, "missing": missing}

    def _line(self, stream, _carrier):
        deframer = Deframer(LINE_BYTES)
        payloads = [bytes(one) for one in deframer.feed(stream)]
        verdict = ACCEPTED if payloads else SPOILED
        return verdict, {"spoiled": deframer.spoiled, "payloads": told(payloads)}

    def _cobs(self, data, _carrier):
        return ACCEPTED, told(cobs.decode(data))

    def _cbor(self, data, _carrier):
        return ACCEPTED, told(cbor.Reader(data).values(_MOST_VALUES))

    def _ack(self, data, _carrier):
        return ACCEPTED, acks.read(data)

    def _series(self, data, _carrier):
        return ACCEPTED, list(series.decode(data))

    def _text(self, data, _carrier):
        return ACCEPTED, text.decode(data, self._tables)

    def _table(self, data, _carrier):
        table = text.Table(data)
        return ACCEPTED, [table.first_byte] + [list(symbol) for symbol in table.symbols()]

    def _keyring(self, data, _carrier):
        keyring = keyring_file.read(data)
        return ACCEPTED, told(keyring)


_SAYS = {
    "Ack": Judge._acknowledged,
    "Carry": Judge._carried,
    "HealthDelta": Judge._changed,
    "Order": Judge._spoken,
    "Series": Judge._counted,
}
KINDS = {
    "payload": Judge._payload,
    "relay": Judge._relay,
    "piece": Judge._piece,
    "pieces": Judge._pieces,
    "line": Judge._line,
    "cobs": Judge._cobs,
    "cbor": Judge._cbor,
    "ack": Judge._ack,
    "series": Judge._series,
    "text": Judge._text,
    "table": Judge._table,
    "keyring": Judge._keyring,
}


def fields_of(message):
    """Return {name: value} of the fields that are there."""
    declared = _row_of(message).fields
    named = [(field[0].rstrip("?"), value) for field, value in zip(declared, message)]
    return {name: told(value) for name, value in named if value is not None}


def message_of(name, fields):
    """Return the record with these fields, as fields_of told them."""
    given, declared = {}, _row_named(name).fields
    for field, kind, _ in declared:
        value = fields.get(field.rstrip("?"))
        is_octets = kind in ("bytes", "fixed", "order") and value is not None
        given[field.rstrip("?")] = bytes.fromhex(value) if is_octets else value
    return messages.make(name, **given)


def told(value):
    """Return a value as JSON can have it."""
    if isinstance(value, (bytes, bytearray)):
        return str(hexlify(value), "ascii")  # on MicroPython, b"".hex() is no str
    if isinstance(value, (tuple, list)):
        return [told(one) for one in value]
    return value


def _row_of(message):
    return _row_named(type(message).__name__)


def _row_named(name):
    try:
        return messages.row(UP, name)
    except messages.BadMessage:
        return messages.row(DOWN, name)


def digest_of(meaning):
    """Return 8 hex digits that another meaning hardly has: alike on both interpreters."""
    return told(sha256(_flat(meaning).encode()).digest()[:4])


def _flat(value):
    """Return a meaning as text in one order."""
    if isinstance(value, dict):
        return "{%s}" % ",".join([name + ":" + _flat(value[name]) for name in sorted(value)])
    if isinstance(value, list):
        return "[%s]" % ",".join([_flat(one) for one in value])
    return str(value)
