"""Nothing is acknowledged that is not in the database: not in a crash, not on a full disk."""

import asyncio

from tests.host import gateway_county
from tests.host.gateway_county import acknowledged, no_commit_succeeds
from tests.host.gateway_web import Browser


def test_between_insert_and_commit_nothing_is_acknowledged(county):
    box = county.enter()

    async def script():
        async with county.gateway() as gateway:
            with no_commit_succeeds(county.engine):
                kept = gateway.offer(county.arrival(box.calls()))
                await county.clock.advance(5)
                assert kept.result() is False
                assert "disk is full" in (await gateway.state())
            assert county.ip.sent == []
            assert county.count("messages") == county.count("calls") == 0
            await county.brings(gateway, box.calls(seq=1))
            assert acknowledged(box, county.ip) == [1]
            assert '"trouble":null' in (await gateway.state())

    asyncio.run(script())


def test_an_acknowledgement_whose_number_could_not_be_kept_is_not_sent(county):
    box = county.enter()

    async def script():
        async with county.gateway() as gateway:
            gateway.offer(county.arrival(box.calls()))
            await county.clock.advance(0)
            assert county.count("messages") == 1
            with no_commit_succeeds(county.engine):
                await county.clock.advance(1)
            assert county.ip.sent == []
            await county.brings(gateway, box.calls(seq=1))
            assert acknowledged(box, county.ip) == [1]

    asyncio.run(script())


def test_an_order_that_could_not_be_kept_is_not_sent(county):
    county.enter()

    async def script():
        async with county.gateway() as gateway:
            with no_commit_succeeds(county.engine):
                order = gateway_county.signed().hex()
                answer = await Browser(gateway.page).post("/api/orders", {"frame": order})
                assert answer.status_code == 503
            await county.clock.advance(30)
            assert county.sbd.sent == []

    asyncio.run(script())


def test_what_comes_faster_than_it_can_be_written_is_dropped_and_said(county, monkeypatch):
    monkeypatch.setattr("host_tools.gateway.writer.MOST_WAITING", 8)
    box = county.enter()

    async def script():
        async with county.gateway() as gateway:
            taken = [gateway.offer(county.arrival(box.health())) for _ in range(20)]
            assert sum(future is not None for future in taken) == 8
            await county.clock.advance(1)
            await county.brings(gateway, box.health())

    asyncio.run(script())
    assert county.count("messages") == 9
    (line,) = county.rows("SELECT what FROM journal")
    assert line["what"].startswith("12 payloads")
