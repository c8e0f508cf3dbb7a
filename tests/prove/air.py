"""What is between the Box and its county: payloads on two roads, each to be delivered or not."""

from typing import NamedTuple

UP, DOWN = "up", "down"
ROADS = ("ip", "sbd")


class Parcel(NamedTuple):
    """One payload on its way."""

    road: str
    way: str  # UP or DOWN
    data: bytes


class Air:
    """noticed(parcel) is called with everything that is put on a road.

    The same payload on the same road is there once, however often it is sent; twice, if chance
    doubled it.
    """

    def __init__(self, noticed):
        self.parcels = []
        self.log = []  # all that was put on a road
        self._noticed = noticed

    def put(self, parcel):
        self._noticed(parcel)
        self.log.append(parcel)
        if parcel not in self.parcels:
            self.parcels.append(parcel)

    def double(self, parcel):
        self.parcels.append(parcel)

    def take(self, parcel):
        self.parcels.remove(parcel)

    def different(self):
        """Return the parcels, the same bytes on the same road once, in the order they came."""
        return list(dict.fromkeys(self.parcels))
