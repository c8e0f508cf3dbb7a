import asyncio
import json
import sqlite3

import pytest

from host_tools.gateway import database, live
from host_tools.gateway.bodies import MOST_BODY
from host_tools.gateway.operators import SESSION_S
from host_tools.problems import Problem
from tests.host.gateway_county import (
    NAME,
    NOON,
    PASSWORD,
    Clock,
    record,
    settled,
    signed,
)
from tests.host.gateway_web import Browser, browse

JSON = {"content-type": "application/json"}


async def sign_in(county, browser, password=PASSWORD, name=NAME):
    database.add_operator(county.engine, NAME, PASSWORD)
    return await browser.post("/api/session", {"name": name, "password": password})


def test_only_who_is_signed_in_takes_or_closes_a_call(county):
    box = county.enter()

    async def script(gateway, browser):
        await county.brings(gateway, box.calls())
        before = county.everything()
        for path, body in (("take", {}), ("close", {"reason": "helped"})):
            answer = await browser.post(f"/api/calls/1/{path}", body)
            assert (answer.status_code, answer.json()) == (401, {"error": "sign in first"})
        assert county.everything() == before

    browse(county, script)


def test_a_person_signs_in_takes_the_call_and_the_journal_says_who(county):
    box = county.enter()

    async def script(gateway, browser):
        await county.brings(gateway, box.calls())
        answer = await sign_in(county, browser)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert (await browser.get("/api/session")).json() == {"name": NAME}
        assert (await browser.post("/api/calls/1/take", {})).status_code == 200
        (call,) = (await browser.get("/api/state")).json()["calls"]
        assert (call["state"], call["by"]) == ("taken", NAME)

    browse(county, script)
    lines = [(row["who"], row["what"]) for row in county.rows("SELECT who, what FROM journal")]
    assert lines == [(NAME, "signed in"), (NAME, "took call 1 of Box 4660")]


def test_the_database_holds_no_token_and_no_password(county):
    async def script(gateway, browser):
        answer = await sign_in(county, browser)
        token = answer.cookies["fengsui_session"]
        rows = str(county.everything())
        assert token not in rows
        assert PASSWORD not in rows
        assert "$argon2id$" in rows

    browse(county, script)


def test_a_wrong_password_is_refused_and_the_next_try_waits(county):
    async def script(gateway, browser):
        assert (await sign_in(county, browser, "wrong password")).status_code == 401
        assert (await sign_in(county, browser)).status_code == 429
        other = Browser(gateway.page, peer="192.0.2.100")
        assert (await sign_in(county, other)).status_code == 200
        await county.clock.advance(3)
        assert (await sign_in(county, browser)).status_code == 200

    browse(county, script)


def test_a_name_nobody_has_is_refused_like_a_wrong_password(county):
    async def script(gateway, browser):
        unknown = await sign_in(county, browser, name="nobody")
        await county.clock.advance(3)
        wrong = await sign_in(county, browser, "wrong password")
        assert (unknown.status_code, unknown.json()) == (wrong.status_code, wrong.json())

    browse(county, script)


def test_a_session_ends_with_the_shift_or_when_its_person_leaves(county):
    async def script(gateway, browser):
        await sign_in(county, browser)
        await browser.delete("/api/session")
        assert (await browser.get("/api/session")).json() == {"name": None}
        await sign_in(county, browser)
        county.clock.jump(SESSION_S + 1)
        assert (await browser.get("/api/session")).json() == {"name": None}

    browse(county, script)


def test_a_new_password_ends_the_sessions_of_the_old_one(county):
    async def script(gateway, browser):
        await sign_in(county, browser)
        database.add_operator(county.engine, NAME, "another password")
        assert (await browser.get("/api/session")).json() == {"name": None}

    browse(county, script)


def test_a_call_is_taken_once_and_closed_once(county):
    box = county.enter()

    async def script(gateway, browser):
        await county.brings(gateway, box.calls())
        await sign_in(county, browser)
        assert (await browser.post("/api/calls/1/take", {})).status_code == 200
        again = await browser.post("/api/calls/1/take", {})
        assert (again.status_code, again.json()["error"]) == (
            409, f"{NAME} has already taken this call",
        )  # fmt: skip
        odd = await browser.post("/api/calls/1/close", {"reason": "bored"})
        assert odd.status_code == 400
        assert (await browser.post("/api/calls/1/close", {"reason": "helped"})).is_success
        assert (await browser.post("/api/calls/1/close", {"reason": "helped"})).status_code == 409
        assert (await browser.post("/api/calls/99/take", {})).status_code == 404

    browse(county, script)


BODIES = {
    "not JSON": (b"{", JSON, 400),
    "deep": (b"[" * 4_000, JSON, 400),
    "an array": (b"[]", JSON, 400),
    "a field too many": (b'{"frame":"00","more":"x"}', JSON, 400),
    "a number": (b'{"frame":7}', JSON, 400),
    "not hexadecimal": (b'{"frame":"xyz"}', JSON, 400),
    "too large": (b'{"frame":"' + b"0" * MOST_BODY + b'"}', JSON, 413),
    "a form": (b"frame=00", {"content-type": "application/x-www-form-urlencoded"}, 415),
    "plain": (b'{"frame":"00"}', {"content-type": "text/plain"}, 415),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_that_is_not_as_expected_is_one_error_and_changes_nothing(county, kind):
    content, headers, status = BODIES[kind]
    before = county.everything()

    async def script(gateway, browser):
        answer = await browser.http.post("/api/orders", content=content, headers=headers)
        assert answer.status_code == status
        assert list(answer.json()) == ["error"]

    browse(county, script)
    assert county.everything() == before


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/docs",
        "/static/nothing.js",
        "/api/calls/x/take",
        "/api/calls/-1/take",
        f"/api/calls/{10**40}/take",
    ],
)
def test_what_is_not_there_is_said_in_json(county, path):
    async def script(gateway, browser):
        await sign_in(county, browser)
        answer = await browser.post(path, {})
        assert 400 <= answer.status_code < 500
        assert list(answer.json()) == ["error"]

    browse(county, script)


def test_another_sites_page_may_not_ask_for_anything(county):
    box = county.enter()

    async def script(gateway, browser):
        await county.brings(gateway, box.calls())
        await sign_in(county, browser)
        foreign = {"origin": "http://elsewhere.example"}
        answer = await browser.post("/api/calls/1/take", {}, headers=foreign)
        assert answer.status_code == 403
        own = await browser.post("/api/calls/1/take", {}, headers={"origin": "http://desk"})
        assert own.status_code == 200

    browse(county, script)


def test_the_page_is_ours_alone_and_small(county):
    async def script(gateway, browser):
        total = 0
        for path in ("/", "/static/page.js", "/static/page.css", "/static/icon.svg"):
            answer = await browser.get(path)
            assert answer.status_code == 200
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert "http://" not in answer.text.replace("http://www.w3.org/", "")
            assert "https://" not in answer.text
            assert "innerHTML" not in answer.text
            total += len(answer.content)
        assert total < 40_000

    browse(county, script)


def test_messages_are_listed_in_pages_and_for_one_box(county):
    box, other = county.enter(), county.enter(address=5, imei=None)

    async def script(gateway, browser):
        for _ in range(210):
            gateway.offer(county.arrival(box.health()))
        await county.clock.advance(1)
        await county.brings(gateway, other.calls())
        first = (await browser.get("/api/messages")).json()["messages"]
        assert len(first) == 200
        rest = (await browser.get(f"/api/messages?after={first[-1]['id']}")).json()["messages"]
        assert len(rest) == 11
        assert rest[-1]["frame"] == other.calls(seq=1).hex()
        of_one = (await browser.get("/api/messages?box=5")).json()["messages"]
        assert [message["type"] for message in of_one] == ["Call"]
        assert (await browser.get("/api/messages?box=x")).status_code == 400

    browse(county, script)


def test_a_new_call_stands_before_a_closed_one_and_orders_show_the_newest_first(county):
    box = county.enter()

    async def script(gateway, browser):
        await county.brings(gateway, box.calls())
        await county.brings(gateway, box.calls(button=2))
        await sign_in(county, browser)
        await browser.post("/api/calls/1/close", {"reason": "false_alarm"})
        for seq in (1, 2):
            await browser.post("/api/orders", {"frame": signed(seq=seq).hex()})
        shown = (await browser.get("/api/state")).json()
        assert [call["id"] for call in shown["calls"]] == [2, 1]
        assert [order["seq"] for order in shown["orders"]] == [2, 1]
        assert shown["orders"][0]["drill"] is False
        assert shown["boxes"][0]["name"] == "Upper village"
        assert shown["now"] == county.clock.now()

    browse(county, script)


def test_a_text_order_is_shown_in_its_words(county):
    county.enter()

    async def script(gateway, browser):
        order = signed(template=None, text=b"\0" + "请回家".encode())
        await browser.post("/api/orders", {"frame": order.hex()})
        shown = (await browser.get("/api/state")).json()["orders"][0]
        assert (shown["text"], shown["template"]) == ("请回家", None)

    browse(county, script)


def test_an_order_to_many_boxes_shows_those_that_went_wrong_first(county):
    boxes = [county.enter(address=n, imei=None) for n in range(1, 61)]

    async def script(gateway, browser):
        await browser.post("/api/orders", {"frame": signed(target=0xFFFF).hex()})
        for box in boxes[:50]:
            await county.brings(gateway, box.plays("finished", b"\1\0\0\1", outcome="played"))
        failed = boxes[7].plays("finished", b"\1\0\0\1", outcome="failed", cause="line_open")
        assert failed
        broken = boxes[55].plays("finished", b"\1\0\0\1", outcome="failed", cause="line_open")
        await county.brings(gateway, broken)
        (order,) = (await browser.get("/api/state")).json()["orders"]
        assert order["counts"] == {"finished": 51, "waiting": 9}
        assert order["deliveries"][0]["box"] == 56
        assert len(order["deliveries"]) == 40

    browse(county, script)


class Watched:
    """A stream of events in virtual time."""

    def __init__(self):
        self.clock, self.asked = Clock(), 0
        self.live = live.Live(self._state, self.clock, "run")
        self.said = []

    async def _state(self):
        self.asked += 1
        return json.dumps({"n": self.asked})

    async def listen(self, last_id=""):
        async for event in self.live.events(last_id):
            self.said.append(event.strip().splitlines())


def watch(script):
    async def run():
        watched = Watched()
        listener = asyncio.create_task(watched.listen())
        await settled()
        await script(watched)
        watched.live.close()
        await watched.clock.advance(10)
        await listener
        assert watched.live.watchers == 0

    asyncio.run(run())


def test_who_opens_the_page_is_shown_the_state_at_once():
    async def script(watched):
        assert watched.said == [["id: run-1", "event: state", 'data: {"n": 1}']]

    watch(script)


def test_many_changes_are_shown_twice_a_second_at_most():
    async def script(watched):
        for _ in range(100):
            watched.live.changed()
            await watched.clock.advance(0.01)
        assert len(watched.said) == 2
        await watched.clock.advance(1)
        assert watched.said[-1] == ["id: run-101", "event: state", 'data: {"n": 3}']
        assert len(watched.said) == 3

    watch(script)


def test_when_nothing_changes_the_stream_says_that_it_lives():
    async def script(watched):
        await watched.clock.advance(11)
        assert [event[0] for event in watched.said[1:]] == ["event: alive"] * 2
        assert watched.said[1][1] == f"data: {NOON + 5.5:.1f}"

    watch(script)


def test_who_saw_the_newest_state_is_not_sent_it_again():
    async def script(watched):
        again = asyncio.create_task(watched.listen("run-1"))
        stranger = asyncio.create_task(watched.listen("another-1"))
        await settled()
        assert len(watched.said) == 2  # the first listener and the one of another run
        for task in (again, stranger):
            task.cancel()
        await asyncio.gather(again, stranger, return_exceptions=True)

    watch(script)


def test_the_state_is_asked_once_for_all_watchers():
    async def script(watched):
        others = [asyncio.create_task(watched.listen()) for _ in range(5)]
        await watched.clock.advance(1)
        assert watched.asked == 1
        assert len(watched.said) == 6
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    watch(script)


def test_a_new_call_reaches_every_open_page(county):
    box = county.enter()

    async def script(gateway, browser):
        stream = gateway._live.events("")
        await anext(stream)
        following = asyncio.create_task(anext(stream))
        await county.clock.advance(1)
        await county.brings(gateway, box.calls())
        event = await following
        assert '"kind":"help"' in event
        await stream.aclose()

    browse(county, script)


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("", PASSWORD),
        ("a\nb", PASSWORD),
        ("x" * 33, PASSWORD),
        ("roads", PASSWORD),
        (NAME, "short"),
    ],
)
def test_an_operator_has_a_proper_name_and_password(county, name, password):
    with pytest.raises(Problem):
        database.add_operator(county.engine, name, password)
    assert county.count("operators") == 0


def test_a_modem_belongs_to_one_box(county):
    county.enter()
    with pytest.raises(Problem, match="already belongs to Upper village"):
        county.enter(address=9)
    assert county.count("boxes") == 1


def test_an_older_issue_does_not_replace_a_newer_one(county):
    county.enter(issue=3)
    with pytest.raises(Problem, match="issue 3"):
        county.enter(issue=2)


def test_a_box_provisioned_anew_keeps_its_history_and_starts_in_epoch_zero(county):
    box = county.enter()

    async def script(gateway, browser):
        await county.brings(gateway, box.calls(epoch=5))
        await sign_in(county, browser)
        await browser.post("/api/calls/1/take", {})
        renewed = county.enter(issue=2)
        await county.brings(gateway, renewed.calls())

    browse(county, script)
    assert county.rows("SELECT issue, epoch FROM boxes") == [{"issue": 2, "epoch": 1}]
    assert county.count("messages") == 2
    assert [row["state"] for row in county.rows("SELECT state FROM downlink")] == ["expired"]


def test_a_file_that_is_no_database_is_one_sentence(tmp_path):
    path = tmp_path / "county.db"
    path.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(Problem, match=r"county\.db cannot be used: file is not a database"):
        database.open_engine(path)


def test_a_database_of_another_release_is_left_alone(tmp_path):
    path = tmp_path / "county.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(Problem, match="another release"):
        database.open_engine(path)


def test_a_record_is_kept_as_provisioning_wrote_it(county):
    county.enter()
    row = county.rows("SELECT * FROM boxes")[0]
    assert {**row, **record(), "groups": json.dumps([0xF001]).replace(" ", "")} == row
