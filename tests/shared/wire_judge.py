"""What a receiver makes of what carries frames, and of what is packed into their fields."""

from protocol import acks, cbor, cobs, containers, fragments, frame, keyring_file, series, text
from protocol.reassembly import Reassembly
from protocol.serial_line import Deframer
from tests.shared.frame_judge import ACCEPTED, FrameJudge
from tests.shared.meanings import told

UNFINISHED = "Unfinished"  # fragments of which no frame was proven
SPOILED = "Spoiled"  # a line without one whole payload

LINE_BYTES = 340
SETS = 2
_MOST_VALUES = 64


class Judge(FrameJudge):
    """The judge of a "frame" and of all that KINDS names; for "pieces" data is a list of bytes."""

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

    KINDS = {
        "payload": _payload,
        "relay": _relay,
        "piece": _piece,
        "pieces": _pieces,
        "line": _line,
        "cobs": _cobs,
        "cbor": _cbor,
        "ack": _ack,
        "series": _series,
        "text": _text,
        "table": _table,
        "keyring": _keyring,
    }
