"""A frame as its road takes it: whole, or in pieces where it is longer than the road's mtu."""

from host_tools.gateway.arrivals import BEIDOU, IP, SBD
from host_tools.gateway.beidou_words import MOST_PAYLOAD
from host_tools.gateway.directip import MOST_MT_PAYLOAD
from protocol import fragments, frame

MTU = {IP: 1_200, SBD: MOST_MT_PAYLOAD, BEIDOU: MOST_PAYLOAD}  # bytes of one payload


def dressed(bearer: str, data: bytes, tries: int = 0) -> list[bytes]:
    """Return the payloads that carry this frame, its address present.

    tries: how often it went before.  Each time other pieces go, all of use to who lacks some.
    """
    if len(data) <= MTU[bearer]:
        return [data]
    header, protected = frame.read(data)
    cut = fragments.Cut(header, protected, MTU[bearer])
    count = cut.k + fragments.parity_up_front(header.priority)
    first = tries * count
    return [cut.fragment(index % fragments.INDEXES) for index in range(first, first + count)]
