"""An order that has ended never sounds again, and one broken off at most three times."""

from tests.audit.finding import Finding
from tests.audit.orders import TIMELY
from tests.audit.run import Run

MOST_TRIES = 3


def check(run: Run) -> Finding:
    again = [
        f"at {run.clock(s.programme.start)} an order sounded that had already ended"
        for s in run.soundings
        if s.blame == "replayed"
    ]
    tries = {order.said: len(run.soundings_of(order)) for order in run.orders}
    often = [f"order {said} began {n} times" for said, n in tries.items() if n > MOST_TRIES]
    timely = sum(order.kind == TIMELY for order in run.orders)
    return Finding(again + often, f"{timely} genuine orders")
