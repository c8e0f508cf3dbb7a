import pytest

from host_tools.gateway import database
from protocol import calendar, frame, messages
from tests.host.gateway_county import (
    DRILL,
    HOME,
    IMEI,
    NAME,
    NOON,
    PASSWORD,
    STRANGER,
    minute,
    signed,
)
from tests.host.gateway_web import browse


def sent_at(road):
    return [round(when - NOON, 3) for when, _, _ in road.sent]


def state_of(county):
    return [(row["state"], row["outcome"]) for row in county.rows("SELECT * FROM deliveries")]


def unwrapped(box, payload):
    ((_, message),) = box.opens(payload)
    return message


async def heard(county, gateway, box):
    """The Box was heard by IP, and its acknowledgement is out of the way at NOON."""
    county.clock.jump(-0.05)
    await county.brings(gateway, box.health())
    county.ip.taken()


def test_an_order_goes_by_ip_in_a_carry_until_the_box_answers(county):
    box, order = county.enter(), signed(rank="notice")

    async def script(gateway, browser):
        await heard(county, gateway, box)
        answer = await browser.post("/api/orders", {"frame": order.hex()})
        assert answer.status_code == 200
        assert answer.json() == {
            "order": "1:1",
            "id": 1,
            "boxes": 1,
            "satellite_messages": 1,
            "beidou_messages": 5,
        }
        await county.clock.advance(6)
        assert sent_at(county.ip) == [0, 2, 5]
        assert {to for _, to, _ in county.ip.sent} == {HOME}
        assert unwrapped(box, county.ip.sent[0][2]) == messages.Carry(order)
        assert len({payload for _, _, payload in county.ip.sent}) == 1
        await county.brings(gateway, box.plays("verified", b"\1\0\0\1"))
        county.ip.taken()
        await county.clock.advance(600)
        assert county.ip.sent == county.sbd.sent == []

    browse(county, script)
    assert state_of(county) == [("verified", None)]


def test_the_rests_between_tries_grow_to_a_minute(county):
    box = county.enter(imei=None)

    async def script(gateway, browser):
        await heard(county, gateway, box)
        await browser.post("/api/orders", {"frame": signed().hex()})
        await county.clock.advance(270)

    browse(county, script)
    assert sent_at(county.ip) == [0, 2, 5, 10, 20, 40, 80, 140, 200, 260]


def test_danger_goes_by_satellite_at_once_and_as_it_was_signed(county):
    county.enter()
    order = signed(rank="danger")

    async def script(gateway, browser):
        await browser.post("/api/orders", {"frame": order.hex()})
        await county.clock.advance(500)

    browse(county, script)
    assert county.ip.sent == []  # nobody knows its address there
    assert sent_at(county.sbd) == [0, 60, 180, 420]
    assert {(to, payload) for _, to, payload in county.sbd.sent} == {(IMEI, order)}


def test_a_notice_goes_by_satellite_only_when_nothing_came_back(county):
    box = county.enter()

    async def script(gateway, browser):
        await heard(county, gateway, box)
        await browser.post("/api/orders", {"frame": signed(rank="notice").hex()})
        await county.clock.advance(9)
        assert county.sbd.sent == []
        await county.clock.advance(2)
        assert sent_at(county.sbd) == [10]

    browse(county, script)


def test_an_order_that_reached_nobody_in_time_is_said_to_be_not_delivered(county):
    county.enter()

    async def script(gateway, browser):
        await browser.post("/api/orders", {"frame": signed(valid_10min=1).hex()})
        await county.clock.advance(599)
        assert state_of(county) == [("waiting", None)]
        await county.clock.advance(2)
        assert state_of(county) == [("expired", None)]
        county.sbd.taken()
        await county.clock.advance(3_600)
        assert county.sbd.sent == []

    browse(county, script)


def test_a_report_that_comes_after_all_corrects_not_delivered(county):
    box = county.enter()

    async def script(gateway, browser):
        await browser.post("/api/orders", {"frame": signed(valid_10min=1).hex()})
        await county.clock.advance(700)
        await county.brings(gateway, box.plays("finished", b"\1\0\0\1", outcome="played"))

    browse(county, script)
    assert state_of(county) == [("finished", "played")]


def test_a_box_that_comes_back_is_sent_at_once_what_waits(county):
    box = county.enter()

    async def script(gateway, browser):
        await browser.post("/api/orders", {"frame": signed().hex()})
        await county.clock.advance(30)
        assert county.ip.sent == []
        await county.brings(gateway, box.boots(started=1))

    browse(county, script)
    kinds = [type(unwrapped(box, payload)).__name__ for _, _, payload in county.ip.sent]
    assert sorted(kinds) == ["Ack", "Carry"]


def test_an_order_is_sealed_anew_for_a_box_that_raised_its_epoch(county):
    box = county.enter()

    async def script(gateway, browser):
        await heard(county, gateway, box)
        await browser.post("/api/orders", {"frame": signed().hex()})
        await county.clock.advance(1)
        box.epoch = 2
        await county.brings(gateway, box.health())
        county.ip.taken()
        await county.clock.advance(5)

    browse(county, script)
    assert unwrapped(box, county.ip.sent[0][2]) == messages.Carry(signed())


def test_an_order_to_a_group_is_one_delivery_for_each_of_its_boxes(county):
    for address, groups in ((1, [0xF001]), (2, [0xF001, 0xF002]), (3, [])):
        county.enter(address=address, imei=None, groups=groups)

    async def script(gateway, browser):
        await browser.post("/api/orders", {"frame": signed(target=0xF001).hex()})
        await browser.post("/api/orders", {"frame": signed(seq=2, target=0xFFFF).hex()})

    browse(county, script)
    rows = county.rows("SELECT order_id, box FROM deliveries ORDER BY order_id, box")
    assert [(row["order_id"], row["box"]) for row in rows] == [
        (1, 1), (1, 2), (2, 1), (2, 2), (2, 3),
    ]  # fmt: skip


def test_the_same_order_again_changes_nothing(county):
    county.enter()

    async def script(gateway, browser):
        first = await browser.post("/api/orders", {"frame": signed().hex()})
        county.clock.jump(3_600)  # even when it is too late
        again = await browser.post("/api/orders", {"frame": signed().hex()})
        assert first.json() == again.json()

    browse(county, script)
    assert county.count("orders") == county.count("deliveries") == 1


REFUSED = {
    "by a stranger": (signed(private=STRANGER), 403, "not signed by a key of this county"),
    "by another county": (signed(realm=b"elsewher"), 403, "not signed"),
    "one bit changed": (signed()[:20] + b"\0" + signed()[21:], 403, "not signed"),
    "an unknown slot": (signed(slot=9), 403, "not signed"),
    "another slot's key": (signed(slot=2), 403, "not signed"),
    "a drill key for danger": (signed(slot=2, private=DRILL), 403, "orders of this rank"),
    "a drill key for all": (
        signed(slot=2, private=DRILL, rank="notice", target=0xFFFF), 403, "so many",
    ),
    "a drill key against a live order": (
        signed("Cancel", private=DRILL, slot=2, order=b"\1\0\0\1", reason="over"), 403, "withdraw",
    ),
    "for nobody": (signed(target=0x4321), 400, "no Box is meant"),
    "too late": (signed(issued=minute(NOON) - 40), 400, "too late"),
    "too long": (signed() + bytes(400), 400, "not a signed frame"),
    "sealed": (bytes.fromhex("9218123400000100") + bytes(12), 400, "not a signed frame"),
    "empty": (b"", 400, "not an order"),
}  # fmt: skip


@pytest.mark.parametrize("kind", REFUSED)
def test_what_the_county_did_not_sign_is_refused_with_the_reason(county, kind):
    data, status, reason = REFUSED[kind]
    county.enter()
    before = county.everything()

    async def script(gateway, browser):
        answer = await browser.post("/api/orders", {"frame": data.hex()})
        assert answer.status_code == status
        assert reason in answer.json()["error"]
        await county.clock.advance(60)

    browse(county, script)
    assert county.everything() == before
    assert county.ip.sent == county.sbd.sent == []


def test_two_orders_cannot_have_one_number(county):
    county.enter()

    async def script(gateway, browser):
        await browser.post("/api/orders", {"frame": signed().hex()})
        answer = await browser.post("/api/orders", {"frame": signed(repeats=3).hex()})
        assert answer.status_code == 409

    browse(county, script)
    assert county.count("orders") == 1


def test_a_cancel_is_urgent_and_ends_with_the_order_it_withdraws(county):
    box = county.enter()
    cancel = signed("Cancel", seq=2, slot=1, order=b"\1\0\0\1", reason="over")

    async def script(gateway, browser):
        await browser.post("/api/orders", {"frame": signed(rank="notice", valid_10min=6).hex()})
        await browser.post("/api/orders", {"frame": cancel.hex()})
        await county.clock.advance(1)
        assert [payload for _, _, payload in county.sbd.sent] == [cancel]
        await county.brings(gateway, box.plays("verified", b"\1\0\0\2"))

    browse(county, script)
    ends = county.rows("SELECT ends_at FROM orders")
    assert ends[0] == ends[1]
    assert ends[0]["ends_at"] == calendar.ZERO_UNIX + 60 * (minute(NOON) + 60)
    assert state_of(county) == [("waiting", None), ("verified", None)]


ORDER = b"\1\0\0\1"
STAGES = {
    "as they came": (
        [("verified", {}), ("playing", {}), ("finished", {"outcome": "played"})],
        ("finished", "played"),
    ),
    "overtaken": ([(2, "playing", {}), (1, "verified", {})], ("playing", None)),
    "the end overtakes": (
        [(3, "finished", {"outcome": "failed", "cause": "line_open"}), (2, "playing", {})],
        ("finished", "failed"),
    ),
    "an end is an end": (
        [("finished", {"outcome": "played"}), ("finished", {"outcome": "refused"})],
        ("finished", "played"),
    ),
    "refused": (
        [("finished", {"outcome": "refused", "cause": "too_late"})],
        ("refused", "refused"),
    ),
    "interrupted, then played": (
        [
            ("playing", {}), ("queued", {"outcome": "interrupted", "times": 1}), ("playing", {}),
            ("finished", {"outcome": "played"}),
        ],
        ("finished", "played"),
    ),
    "interrupted": (
        [("playing", {}), ("queued", {"outcome": "interrupted", "times": 1})],
        ("verified", "interrupted"),
    ),
    "only received": ([("received", {})], ("received", None)),
}  # fmt: skip


@pytest.mark.parametrize("kind", STAGES)
def test_an_order_is_as_far_as_its_box_reported(county, kind):
    reports, expected = STAGES[kind]
    box = county.enter()

    async def script(gateway, browser):
        await browser.post("/api/orders", {"frame": signed().hex()})
        for *seq, stage, more in reports:
            data = box.plays(stage, ORDER, seq=seq[0] if seq else None, **more)
            await county.brings(gateway, data)

    browse(county, script)
    assert state_of(county) == [expected]


def test_what_was_measured_stands_beside_the_stage(county):
    box = county.enter()

    async def script(gateway, browser):
        await browser.post("/api/orders", {"frame": signed().hex()})
        measured = {"volts_mv": 98_000, "amps_ma": 600, "microphone_db": 92, "times": 2}
        await county.brings(
            gateway, box.plays("finished", ORDER, outcome="played", source="clips", **measured)
        )
        (order,) = (await browser.get("/api/state")).json()["orders"]
        (stage,) = order["deliveries"]
        assert {**stage, **measured} == stage
        assert (stage["state"], stage["outcome"]) == ("finished", "played")

    browse(county, script)


def test_a_report_about_an_order_given_elsewhere_is_only_kept(county):
    box = county.enter()

    async def script(gateway, browser):
        await county.brings(gateway, box.plays("finished", b"\1\0\0\7", outcome="played"))

    browse(county, script)
    assert county.count("messages") == 1
    assert county.count("deliveries") == 0


async def signed_in(county, browser):
    database.add_operator(county.engine, NAME, PASSWORD)
    assert (await browser.post("/api/session", {"name": NAME, "password": PASSWORD})).is_success


def test_a_taken_call_lights_the_lamp_until_the_box_confirms(county):
    box = county.enter()

    async def script(gateway, browser):
        await signed_in(county, browser)
        await county.brings(gateway, box.calls(seq=7))
        county.ip.taken()
        start = county.clock.now()
        assert (await browser.post("/api/calls/1/take", {})).json() == {
            "state": "taken",
            "by": NAME,
        }
        await county.clock.advance(9)
        assert [round(when - start, 3) for when, _, _ in county.ip.sent] == [0, 2, 5]
        assert [round(when - start, 3) for when, _, _ in county.sbd.sent] == [8]
        ((header, message),) = box.opens(county.ip.sent[0][2])
        assert header.ack_wanted
        assert message == messages.CallTaken(1, 7)
        assert (await browser.get("/api/state")).json()["calls"][0]["lamp"] == "waiting"
        await county.brings(gateway, box.acknowledges(header.seq))
        assert (await browser.get("/api/state")).json()["calls"][0]["lamp"] == "confirmed"
        county.ip.taken()
        county.sbd.taken()
        await county.clock.advance(300)
        assert county.ip.sent == county.sbd.sent == []

    browse(county, script)


def test_an_acknowledgement_confirms_what_it_names_and_nothing_else(county):
    box = county.enter()

    async def script(gateway, browser):
        await signed_in(county, browser)
        await county.brings(gateway, box.calls(button=1))
        await county.brings(gateway, box.calls(button=2))
        for call_id in (1, 2):
            await browser.post(f"/api/calls/{call_id}/take", {})
        second = county.rows("SELECT seq FROM downlink WHERE call_id = 2")[0]["seq"]
        await county.brings(gateway, box.acknowledges(second, epoch=2))
        await county.brings(gateway, box.acknowledges(second - 1))

    browse(county, script)
    answers = county.rows("SELECT call_id, state FROM downlink ORDER BY call_id")
    assert [row["state"] for row in answers] == ["confirmed", "waiting"]


def test_closing_replaces_a_taken_that_nobody_confirmed(county):
    box = county.enter(imei=None)

    async def script(gateway, browser):
        await signed_in(county, browser)
        await county.brings(gateway, box.calls())
        await browser.post("/api/calls/1/take", {})
        answer = await browser.post("/api/calls/1/close", {"reason": "helped"})
        assert answer.json() == {"state": "closed", "by": NAME}
        county.ip.taken()
        await county.clock.advance(30)
        told = {unwrapped(box, payload) for _, _, payload in county.ip.sent}
        assert told == {messages.CallClosed(1, 1, "helped")}

    browse(county, script)
    assert county.rows("SELECT state, by, reason FROM calls") == [
        {"state": "closed", "by": NAME, "reason": "helped"}
    ]


def test_an_answer_to_a_call_follows_the_box_into_its_new_epoch(county):
    box = county.enter()

    async def script(gateway, browser):
        await signed_in(county, browser)
        await county.brings(gateway, box.calls())
        await browser.post("/api/calls/1/take", {})
        box.epoch = 2
        await county.brings(gateway, box.health())
        county.ip.taken()
        await county.clock.advance(3)
        ((header, message),) = box.opens(county.ip.sent[0][2])
        assert message == messages.CallTaken(1, 1)
        await county.brings(gateway, box.acknowledges(header.seq))

    browse(county, script)
    assert [row["state"] for row in county.rows("SELECT state FROM downlink")] == ["confirmed"]


def test_a_lamp_that_cannot_be_reached_for_a_day_is_given_up(county):
    box = county.enter()

    async def script(gateway, browser):
        await signed_in(county, browser)
        await county.brings(gateway, box.calls())
        await browser.post("/api/calls/1/take", {})
        county.clock.jump(86_395)
        await county.clock.advance(10)

    browse(county, script)
    assert [row["state"] for row in county.rows("SELECT state FROM downlink")] == ["expired"]


def test_no_down_number_is_used_twice_not_even_across_restarts(county):
    box = county.enter()

    async def script(gateway, browser):
        for _ in range(3):
            await county.brings(gateway, box.health())
        await browser.post("/api/orders", {"frame": signed().hex()})
        await county.clock.advance(1)

    for _ in range(3):
        browse(county, script)
    sealed = {payload for _, _, payload in county.ip.sent}
    assert len({frame.read(payload)[0].seq for payload in sealed}) == len(sealed) == 10


def test_the_carry_survives_a_restart_unchanged(county):
    box = county.enter()

    async def script(gateway, browser):
        await heard(county, gateway, box)
        await browser.post("/api/orders", {"frame": signed().hex()})
        await county.clock.advance(1)

    browse(county, script)
    first = {payload for _, _, payload in county.ip.taken()}

    async def again(gateway, browser):
        await county.clock.advance(60)

    browse(county, again)
    assert {payload for _, _, payload in county.ip.taken()} == first
