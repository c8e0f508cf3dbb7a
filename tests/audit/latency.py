"""How long it took from an order's arrival at the Box to the first sample of its tone."""

from tests.audit.attribution import Sounding
from tests.audit.orders import Order
from tests.audit.run import Run


def order_to_tone_ms(run: Run) -> list[int]:
    """Return it for each order that had to wait for no other, in ms."""
    firsts = [(order, run.soundings_of(order)[:1]) for order in run.orders]
    return [
        round(1000 * (sounding.programme.start - order.arrivals[0]))
        for order, soundings in firsts
        for sounding in soundings
        if not _had_to_wait(run, order, sounding)
    ]


def _had_to_wait(run: Run, order: Order, sounding: Sounding) -> bool:
    """Was there, between arrival and tone, sound that this order may not cut into?

    A death of the Box in between counts as a wait as well.
    """
    begin, end = order.arrivals[0], sounding.programme.start
    others = [
        other
        for other in run.soundings
        if other is not sounding and other.programme.end > begin and other.programme.start < end
    ]
    held = any(other.order is None or not order.outranks(other.order) for other in others)
    return held or any(begin <= death <= end for death in run.box_deaths)
