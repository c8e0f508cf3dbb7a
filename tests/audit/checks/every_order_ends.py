"""Every genuine order that came to the Box in time has come to an end that is told."""

from tests.audit import reports
from tests.audit.finding import Finding
from tests.audit.orders import TIMELY
from tests.audit.run import Run


def check(run: Run) -> Finding:
    timely = [order for order in run.orders if order.kind == TIMELY]
    withdrawn = {withdrawal.order for withdrawal in run.withdrawals}
    complaints = [
        f"order {order.said} came to the Box and nothing tells how it ended"
        for order in timely
        if not reports.endings(run.kept, order.name) and order.name not in withdrawn
    ]
    return Finding(complaints, f"{len(timely)} genuine orders")
