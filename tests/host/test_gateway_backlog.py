"""A person calls, and a danger is ordered, while 5,000 rows wait to be sent."""

import pytest

from host_tools.gateway.arrivals import IP, SBD
from host_tools.gateway.database import writing
from host_tools.gateway.tables import deliveries, downlink, orders
from tests.host.gateway_county import NOON, acknowledged, play, signed
from tests.host.gateway_web import browse

ROWS = 5_000
WAITS = {"state": "waiting", "next_at": NOON, "sbd_next_at": NOON}
OLD = b"an answer of before"


def queue_answers(county):
    """So many answers to calls wait for the Box, on both roads, and all are due."""
    usual = {"box": 0x1234, "type": "CallTaken", "epoch": 1, "frame": OLD, "created_at": NOON}
    rows = [{**usual, **WAITS, "seq": 100_000 + i} for i in range(ROWS)]
    with writing(county.engine) as connection:
        connection.execute(downlink.insert(), rows)


def queue_notices(county):
    """So many notices wait for the Box, on both roads, and all are due."""
    fields = {"type": "Order", "rank": "notice"}
    usual = {"slot": 1, "target": 0x1234, "fields": fields, "submitted_at": NOON}
    meant = {"box": 0x1234, "carry": OLD, "carry_epoch": 1, "changed_at": NOON}
    ids = range(1, ROWS + 1)
    with writing(county.engine) as connection:
        more = [{"id": i, "frame": OLD + b"%d" % i, "ends_at": NOON + 3_600} for i in ids]
        rows = [{**usual, **row, "seq": 100_000 + row["id"]} for row in more]
        connection.execute(orders.insert(), rows)
        connection.execute(deliveries.insert(), [{**meant, **WAITS, "order_id": i} for i in ids])


@pytest.mark.parametrize(("bearer", "slot_s"), [(IP, 0.05), (SBD, 1.1)])
def test_a_call_is_acknowledged_in_the_first_slot(county, bearer, slot_s):
    box = county.enter()
    road = county.ip if bearer == IP else county.sbd

    async def script(gateway):
        queue_answers(county)
        gateway.offer(county.arrival(box.calls(), bearer))
        await county.clock.advance(slot_s)
        road.sent = [sending for sending in road.sent if sending[2] != OLD]
        assert acknowledged(box, road) == [1]

    play(county, script)


@pytest.mark.parametrize("queue", [queue_answers, queue_notices])
def test_a_danger_goes_before_all_that_waits(county, queue):
    box, danger = county.enter(), signed(rank="danger")

    async def script(gateway, browser):
        await county.brings(gateway, box.health())
        county.ip.taken()
        queue(county)
        answer = await browser.post("/api/orders", {"frame": danger.hex()})
        assert answer.status_code == 200
        await county.clock.advance(1)
        assert len(county.sbd.sent) > 1_000
        assert [payload for _, _, payload in county.sbd.sent].index(danger) <= 1
        ip = [payload.startswith(OLD) for _, _, payload in county.ip.sent]
        assert ip.index(False) <= 1

    browse(county, script)
