"""A frame: who speaks to whom, of what, under which number, and its protected bytes.

The canonical header (address always present, no road dress) is what nonces, proofs and
deduplication use; a road may leave the address out where its carrier names the Box.
"""

from collections import namedtuple

from protocol.compat import const
from protocol.schema import DOWN

OPEN, SEALED, SIGNED, SIGNED_SM2, CHAIN, LOCAL = range(6)

PROOF_BYTES = {OPEN: 2, SEALED: 8, SIGNED: 64, LOCAL: 8}  # the modes this release speaks

EVERYBODY = const(0xFFFF)
FIRST_GROUP = const(0xF000)
LAST_GROUP = const(0xFEFF)

MOST_BYTES = const(600)
NAME_BYTES = const(5)

_PRESENT = const(0x80)
_ACK_WANTED = const(0x08)
_FRAGMENT = const(0x04)
_DOWN = const(0x02)
_ELIDED = const(0x01)
_PACK = const(0x01)
_MOST_PACKED = const(16)

# mode, direction (0 up, 1 down), type number, priority 0-7, ack_wanted, address, seq
Header = namedtuple(
    "Header", ("mode", "direction", "type", "priority", "ack_wanted", "address", "seq")
)


class BadFrame(ValueError):
    """These bytes are not a frame this release takes."""


def name(epoch, seq):
    """Return the five bytes that no other frame of this direction to or from a Box has."""
    return epoch.to_bytes(2, "big") + seq.to_bytes(3, "big")


def named(name):
    """Return (epoch, SEQ) of such a name."""
    return int.from_bytes(name[:2], "big"), int.from_bytes(name[2:], "big")


def canonical(header):
    """Return the 7 bytes that proofs and deduplication stand on."""
    return bytes(_head(header, 0)) + header.address.to_bytes(2, "big") + _seq(header)


def write(header, protected, elided=False):
    """Return the frame's bytes on a road; protected is the body with its proof."""
    if not elided:
        return canonical(header) + protected
    return bytes(_head(header, _ELIDED)) + _seq(header) + protected


def read(data, elided_address=None, console=False):
    """Return (Header, protected bytes), or raise BadFrame.

    elided_address is whom the road's carrier names, or None where it names nobody.
    console: this is no road but a technician's cable, the only place for an OPEN frame.
    """
    if not 5 <= len(data) <= MOST_BYTES:
        raise BadFrame("length out of bounds")
    h0, h1 = data[0], data[1]
    mode = h0 >> 4 & 7
    if not h0 & _PRESENT or mode not in PROOF_BYTES or h1 >> 3 == 31:
        raise BadFrame("not a frame of this version")
    if mode == OPEN and not console:
        raise BadFrame("an open frame on a road")
    if h0 & _FRAGMENT:
        raise BadFrame("fragments are not taken on this road")
    address, at = _address(data, h0 & _ELIDED, elided_address)
    protected = bytes(data[at + 3 :])
    if len(protected) <= PROOF_BYTES[mode]:
        raise BadFrame("truncated")
    seq = int.from_bytes(data[at : at + 3], "big")
    direction, ack_wanted = h0 >> 1 & 1, bool(h0 & _ACK_WANTED)
    return Header(mode, direction, h1 >> 3, h1 & 7, ack_wanted, address, seq), protected


def pack(frames):
    """Return one carrier payload of several frames (container 01), or raise BadFrame."""
    if len(frames) == 1:
        return bytes(frames[0])
    if not 1 < len(frames) <= _MOST_PACKED or any(len(f) > 255 for f in frames):
        raise BadFrame("these frames do not fit one pack")
    out = bytearray((_PACK,))
    for one in frames:
        out.append(len(one))
        out.extend(one)
    return bytes(out)


def unpack(payload):
    """Return the frames in a carrier payload; what cannot be told apart is refused.

    A bad member costs only itself, so members are not looked into here.
    """
    if not payload:
        raise BadFrame("nothing in it")
    if payload[0] & _PRESENT:
        return [bytes(payload)]
    if payload[0] != _PACK:
        raise BadFrame("not a container of this version")
    frames, at = [], 1
    while at < len(payload):
        end = at + 1 + payload[at]
        if end > len(payload) or len(frames) == _MOST_PACKED:
            raise BadFrame("a pack that does not add up")
        frames.append(bytes(payload[at + 1 : end]))
        at = end
    if not frames:
        raise BadFrame("an empty pack")
    return frames


def is_for(address, own_address, groups):
    """Return whether a downward address means this Box."""
    return address in (own_address, EVERYBODY) or address in groups


def _head(header, dress):
    h0 = _PRESENT | header.mode << 4 | dress
    h0 |= _ACK_WANTED if header.ack_wanted else 0
    h0 |= _DOWN if header.direction == DOWN else 0
    return h0, header.type << 3 | header.priority


def _seq(header):
    return header.seq.to_bytes(3, "big")


def _address(data, elided, elided_address):
    if not elided:
        return int.from_bytes(data[2:4], "big"), 4
    if elided_address is None:
        raise BadFrame("an address left out on a road that names nobody")
    return elided_address, 2
