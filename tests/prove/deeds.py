"""Every deed that chance, people and strangers may do, and how often each is left in a story.

A deed is a line of words ("deliver ip up Call#9"), so that a list of them is a story that can be
told, repeated and shortened.
"""

from protocol import calendar
from tests.fakes import PowerCut
from tests.host import gateway_county as county
from tests.prove.air import DOWN, ROADS, UP, Parcel
from tests.prove.desk import KILLED, ORDERED
from tests.prove.world import NotPossible, name_of, report

CUT, TORN = "cut", "torn"
_FLOOD, _CANCEL, _FORGED = 1, 2, 9  # numbers that the signer, or a stranger, gives
_CLIP, _FORGED_CLIP = 17, 19


class Deeds:
    """left: {deed: how often it may still be done}; what is not in it is not done at all."""

    def __init__(self, world, left):
        self.left = dict(left)
        self._world = world

    def possible(self):
        """Return the deeds that are possible now; a cut within one of them is not listed."""
        found = []
        for parcel in self._world.air.different():
            found += self._about(parcel)
        for deed in ("press", "report", "order", "forge"):
            found += self._if_left(deed, deed)
        if self._world.witness.orders:
            found += self._if_left("cancel", "cancel")
        for road in ROADS:
            found += self._if_left("refuse", f"refuse {road}")
        for deed in ("wait", "cut"):
            found += self._if_left(deed, deed)
        return found

    def calm(self):
        """Return what happens next where nothing goes wrong and nobody does anything more."""
        is_order = "order" in self.possible()
        arriving = (deed for deed in self.possible() if deed.startswith("deliver "))
        return "order" if is_order else next(arriving, "wait")

    def do(self, deed):
        """Do it, or raise NotPossible; return how often it operated the flash.

        "DEED, cut N" and "DEED, torn N": the power fails before its N-th operation on flash, or
        half-way through it.
        """
        chip = self._world.village.chip
        deed, _, failure = deed.partition(", ")
        before = chip.operations
        if failure:
            how, number = failure.split()
            self._spend("cut")
            chip.fail(int(number), torn=how == TORN)
        verb, _, rest = deed.partition(" ")
        try:
            getattr(self, "_" + verb)(rest)
        except PowerCut:
            pass  # in what is no service of the Box
        self._world.settle()
        if bool(failure) != chip.dead:
            raise NotPossible(f"{deed} operates the flash less often")
        self._world.look_for_cancels()
        operations = chip.operations - before
        if chip.dead:
            self._world.power_returns()
        return operations

    def _about(self, parcel):
        name, air = name_of(parcel), self._world.air
        found = [f"deliver {name}", *self._if_left("drop", f"drop {name}")]
        if air.parcels.count(parcel) == 1:
            found += self._if_left("duplicate", f"duplicate {name}")
        if parcel.way == UP:
            found += self._if_left("kill", f"kill {name}")
        return found

    def _deliver(self, name):
        self._world.hand_over(self._parcel(name))

    def _drop(self, name):
        self._spend("drop")
        self._world.air.take(self._parcel(name))

    def _duplicate(self, name):
        self._spend("duplicate")
        self._world.air.double(self._parcel(name))

    def _kill(self, name):
        """What it takes of this cannot be committed; then the gateway is killed."""
        self._spend("kill")
        parcel = self._parcel(name)
        self._world.air.take(parcel)
        self._world.desk.does(KILLED, parcel)

    def _press(self, _):
        self._spend("press")
        self._world.village.press()
        self._world.settle()
        self._world.village.release()

    def _report(self, _):
        self._spend("report")
        self._world.village.post(report(1))

    def _order(self, _):
        """Somebody at the county brings a signed danger order to the desk."""
        self._spend("order")
        self._world.witness.orders[str(_CLIP)] = calendar.order_id(1, _FLOOD)
        order = county.signed(seq=_FLOOD, template=_CLIP, repeats=1)
        self._world.desk.does(ORDERED, order)

    def _cancel(self, _):
        self._spend("cancel")
        withdrawn = calendar.order_id(1, _FLOOD)
        self._world.witness.cancels[calendar.order_id(1, _CANCEL)] = withdrawn
        fields = {"slot": 1, "order": withdrawn, "reason": "over"}
        self._world.desk.does(ORDERED, county.signed("Cancel", seq=_CANCEL, **fields))

    def _forge(self, _):
        """A stranger plays an order of his own on the satellite road."""
        self._spend("forge")
        fields = {"seq": _FORGED, "template": _FORGED_CLIP, "private": county.STRANGER}
        self._world.air.put(Parcel("sbd", DOWN, county.signed(**fields)))

    def _refuse(self, road):
        """The carrier will surely not take the Box's next send on this road."""
        self._spend("refuse")
        self._world.village.refusals[road] += 1

    def _wait(self, _):
        self._spend("wait")
        self._world.something_happens()

    def _cut(self, _):
        self._spend("cut")
        self._world.power_returns()

    def _parcel(self, name):
        for parcel in self._world.air.different():
            if name_of(parcel) == name:
                return parcel
        raise NotPossible(name)

    def _if_left(self, what, deed):
        return [deed] if self.left.get(what, 0) else []

    def _spend(self, what):
        if not self.left.get(what, 0):
            raise NotPossible(what)
        self.left[what] -= 1
