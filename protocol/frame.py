"""A frame: who speaks to whom, of what, under which number, and its protected bytes.

The canonical header (address always present, no road dress) is what nonces, proofs and
deduplication use.  Dress is what a road puts on and takes off: the address left out where the
carrier names the Box, and the two bytes FI that make a fragment of a frame.
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
HEADER_BYTES = const(7)
NAKED_HEADER_BYTES = const(5)  # its address left out
NAME_BYTES = const(5)

_PRESENT = const(0x80)
_ACK_WANTED = const(0x08)
_FRAGMENT = const(0x04)
_DOWN = const(0x02)
_ELIDED = const(0x01)
_FI_BYTES = const(2)

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
    return bytes(_head(header, 0)) + _address_of(header) + _seq(header)


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
    header, at = _read_header(data, elided_address, console)
    if data[0] & _FRAGMENT:
        raise BadFrame("a fragment is no frame")
    protected = bytes(data[at:])
    if len(protected) <= PROOF_BYTES[header.mode]:
        raise BadFrame("truncated")
    return header, protected


def is_fragment(payload):
    """Return whether a carrier payload is one fragment of a frame, by its first byte."""
    return bool(payload) and payload[0] & (_PRESENT | _FRAGMENT) == _PRESENT | _FRAGMENT


def fragment_room(mtu, elided=False):
    """Return how many bytes of a frame one fragment carries on a road of this mtu."""
    return mtu - (NAKED_HEADER_BYTES if elided else HEADER_BYTES) - _FI_BYTES


def write_fragment(header, fi, data, elided=False):
    """Return one fragment's bytes on a road; fi is 16 bits (protocol.fragments)."""
    address = b"" if elided else _address_of(header)
    head = bytes(_head(header, _FRAGMENT | (_ELIDED if elided else 0)))
    return head + address + _seq(header) + fi.to_bytes(_FI_BYTES, "big") + data


def read_fragment(data, elided_address=None):
    """Return (Header, fi, its bytes of the frame), or raise BadFrame; the Header is canonical."""
    header, at = _read_header(data, elided_address)
    if not data[0] & _FRAGMENT:
        raise BadFrame("no fragment")
    if len(data) <= at + _FI_BYTES:
        raise BadFrame("truncated")
    fi = int.from_bytes(data[at : at + _FI_BYTES], "big")
    return header, fi, bytes(data[at + _FI_BYTES :])


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


def _address_of(header):
    return header.address.to_bytes(2, "big")


def _read_header(data, elided_address, console=False):
    """Return (Header, where what follows the SEQ begins), or raise BadFrame."""
    if not NAKED_HEADER_BYTES <= len(data) <= MOST_BYTES:
        raise BadFrame("length out of bounds")
    h0, h1 = data[0], data[1]
    mode = h0 >> 4 & 7
    if not h0 & _PRESENT or mode not in PROOF_BYTES or h1 >> 3 == 31:
        raise BadFrame("not a frame of this version")
    if mode == OPEN and not console:
        raise BadFrame("an open frame on a road")
    address, at = _read_address(data, h0 & _ELIDED, elided_address)
    seq = int.from_bytes(data[at : at + 3], "big")
    direction, ack_wanted = h0 >> 1 & 1, bool(h0 & _ACK_WANTED)
    return Header(mode, direction, h1 >> 3, h1 & 7, ack_wanted, address, seq), at + 3


def _read_address(data, elided, elided_address):
    if not elided:
        return int.from_bytes(data[2:4], "big"), 4
    if elided_address is None:
        raise BadFrame("an address left out on a road that names nobody")
    return elided_address, 2
