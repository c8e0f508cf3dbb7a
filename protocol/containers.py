"""What a carrier payload may be: one frame as it is, several in a pack, or one to be relayed.

The first byte decides: bit 7 set, one frame; 01, a pack; 02, a relay; all else is refused.
Containers hold frames only, never each other.  KEEP_ALIVE is no payload: a datagram of this one
byte keeps an IP road open through routers, and whoever gets it drops it.
"""

from collections import namedtuple

from protocol import frame
from protocol.compat import const
from protocol.frame import BadFrame

MOST_PACKED = const(16)
MOST_HOPS = const(3)
KEEP_ALIVE = b"\x00"

_FRAME = const(0x80)
_FRAGMENT = const(0x84)
_ELIDED = const(0x01)
_PACK = const(0x01)
_RELAY = const(0x02)
_RELAY_HEAD_BYTES = const(4)

# hops_left: how many more Stations may pass it on, 0-3; next_hop: the Station that should
Relay = namedtuple("Relay", ("hops_left", "next_hop", "frame"))


def pack(frames):
    """Return one carrier payload of several frames (container 01), or raise BadFrame."""
    if len(frames) == 1:
        return bytes(frames[0])
    if not 1 < len(frames) <= MOST_PACKED or any(len(f) > 255 for f in frames):
        raise BadFrame("these frames do not fit one pack")
    out = bytearray((_PACK,))
    for one in frames:
        if frame.is_fragment(one):
            raise BadFrame("a fragment is not packed")
        out.append(len(one))
        out.extend(one)
    return bytes(out)


def unpack(payload):
    """Return the frames in a carrier payload; what cannot be told apart is refused.

    A bad member costs only itself, so members are not looked into here: frame.read refuses
    containers and fragments among them.
    """
    if not payload:
        raise BadFrame("nothing in it")
    if payload[0] & _FRAME:
        return [bytes(payload)]
    if payload[0] == _RELAY:
        raise BadFrame("to be relayed, and not by this one")
    if payload[0] != _PACK:
        raise BadFrame("not a container of this version")
    return _members(payload)


def relay(hops_left, next_hop, data):
    """Return the payload that asks a Station to pass a frame on (container 02), or BadFrame."""
    payload = bytes((_RELAY, hops_left)) + next_hop.to_bytes(2, "big") + data
    unrelay(payload)
    return payload


def unrelay(payload):
    """Return the Relay in this payload, or raise BadFrame.

    Its frame may be a fragment, for a radio's mtu is small; its address is there in full.
    """
    if len(payload) <= _RELAY_HEAD_BYTES or payload[0] != _RELAY:
        raise BadFrame("nothing to be relayed")
    hops_left, next_hop = payload[1], int.from_bytes(payload[2:4], "big")
    if hops_left > MOST_HOPS or next_hop >= frame.FIRST_GROUP:
        raise BadFrame("too many hops, or not to one Station")
    data = bytes(payload[_RELAY_HEAD_BYTES:])
    if not data[0] & _FRAME or data[0] & _ELIDED:
        raise BadFrame("only a frame with its address is relayed")
    return Relay(hops_left, next_hop, data)


def _members(payload):
    frames, at = [], 1
    while at < len(payload):
        end = at + 1 + payload[at]
        if end > len(payload) or len(frames) == MOST_PACKED:
            raise BadFrame("a pack that does not add up")
        frames.append(bytes(payload[at + 1 : end]))
        at = end
    if not frames:
        raise BadFrame("an empty pack")
    return frames
