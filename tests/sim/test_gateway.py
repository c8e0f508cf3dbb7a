"""The gateway: it acknowledges only what is kept, and whoever takes it can still sound nothing."""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from host_tools import orders
from host_tools.demo.watching import Lines
from protocol import calendar, frame, messages
from protocol.schema import DOWN, UP
from tests.sim.datagrams import Stranger, named
from tests.sim.scene import FLOOD, NOTICE, RAIN, Scene
from tests.sim.waiting import until

# A disk that is full when the gateway commits: what it wrote cannot stay.
FULL_DISK = """
CREATE TABLE room (id INTEGER PRIMARY KEY);
CREATE TABLE full_disk (id INTEGER REFERENCES room(id) DEFERRABLE INITIALLY DEFERRED);
CREATE TRIGGER full_disk_on_commit AFTER INSERT ON messages
BEGIN INSERT INTO full_disk VALUES (1); END;
"""
ROOM_AGAIN = "DROP TRIGGER full_disk_on_commit; DROP TABLE full_disk; DROP TABLE room;"


def test_nothing_is_acknowledged_before_it_is_written_not_even_across_a_power_cut(scene: Scene):
    before, since, starts = len(scene.county.calls(1)), time.time(), scene.starts("gateway")
    with _written_by_another(scene) as locked_at:
        scene.press(1)
        until("the Call to be sent twice", lambda: _calls_sent(scene, since) >= 2)
        scene.kill_now("gateway")
        assert "Ack" not in [named(DOWN, data) for data in scene.road("down", locked_at)]
        assert scene.lamp_log(1).said(since) == ["calling"]
    scene.wait_for("gateway", starts)
    call = scene.call_arrived(1)
    scene.lamp(1, "delivered")
    assert len(scene.county.calls(1)) == before + 1
    assert scene.conflicts() == 0
    scene.close(call)


def test_nothing_is_acknowledged_when_the_disk_is_full(scene: Scene):
    since = time.time()
    with _full_disk(scene) as full_at:
        scene.press(2)
        until("the Call to be sent twice", lambda: _calls_sent(scene, since) >= 2)
        assert "Ack" not in [named(DOWN, data) for data in scene.road("down", full_at)]
        assert scene.lamp_log(2).said(since) == ["calling"]
    call = scene.call_arrived(2)
    scene.lamp(2, "delivered")
    scene.close(call)


def test_the_satellite_is_told_that_it_came_only_once_it_is_written(scene: Scene):
    troubles = Lines(scene.folder / "logs" / "gateway.log")
    before = troubles.count("not written")
    scene.tell("road", "cut")
    try:
        with _full_disk(scene):
            scene.press(1)
            until("the gateway to fail", lambda: troubles.count("not written") > before)
            assert json.loads(scene.tell("iridium", "state"))["mo_waiting"] >= 1
        call = scene.call_arrived(1)
        scene.lamp(1, "delivered")
    finally:
        scene.tell("road", "restore")
    scene.close(call)
    scene.lamp(1, "off")


def test_the_gateway_takes_no_order_that_the_county_did_not_sign(scene: Scene):
    genuine = scene.signed(RAIN, "warning")
    kept = scene.count("orders")
    for place in (6, 9, len(genuine) - 40):  # its number, its body, its signature
        forged = bytearray(genuine)
        forged[place] ^= 1
        answer = scene.http.post("/api/orders", json={"frame": forged.hex()})
        assert answer.status_code in (400, 403)
    of_a_thief = scene.thief.signed(_order(FLOOD))
    answer = scene.http.post("/api/orders", json={"frame": of_a_thief.hex()})
    assert answer.status_code == 403
    assert scene.count("orders") == kept


def test_a_box_tells_what_changed_and_a_county_that_lost_the_rest_asks_for_it(scene: Scene):
    kinds = "SELECT count(*) FROM messages WHERE type = ?"
    health = "SELECT health, health_mark FROM boxes"

    def told(kind: str) -> int:
        return scene.county.rows(kinds, kind)[0][0]

    changes = told("HealthDelta")
    until("a change of health", lambda: told("HealthDelta") > changes)
    known = json.loads(scene.county.rows(health)[0][0])
    wholes, since = told("Health"), time.time()
    with closing(sqlite3.connect(scene.stage.database, timeout=30)) as database:
        with database:
            database.execute("UPDATE boxes SET health = NULL, health_mark = 0")
    until("the whole health", lambda: told("Health") > wholes)
    again = json.loads(scene.county.rows(health)[0][0])
    assert again.keys() == known.keys()
    assert "Query" in [named(DOWN, data) for data in scene.road("down", since)]


def test_a_frame_played_back_from_elsewhere_is_no_news_and_moves_nobody(scene: Scene):
    address = "SELECT ip_address FROM boxes"
    at, kept = scene.county.rows(address), scene.count("messages")
    played_back = next(d for d in scene.road("up", 0) if named(UP, d) == "Health")
    with Stranger(scene.stage.ports["udp"]) as stranger:
        stranger.send(played_back)
        assert named(DOWN, stranger.hear()) == "Ack"  # it is kept, and that is all there is to say
    assert scene.county.rows(address) == at
    assert scene.conflicts() == 0
    digest = "SELECT count(*), count(DISTINCT digest) FROM messages WHERE id <= ?"
    assert scene.county.rows(digest, kept) == [(kept, kept)]
    assert scene.end_of(scene.order(NOTICE, "notice"))["outcome"] == "played"


def test_whoever_takes_the_gateway_with_all_its_secrets_can_sound_nothing(scene: Scene):
    assert not list((scene.stage.county / "gateway").glob("*live*"))
    thief, order, since = scene.thief, _order(FLOOD), time.time()
    genuine = scene.signed(RAIN, "warning")
    lifted = genuine[-64:]  # the county's own signature, of another order
    row = messages.row_of(DOWN, order)
    for datagram in (
        thief.sealed(order),
        thief.carried(thief.signed(order)),
        thief.carried(thief.signed(order)[:-64] + lifted),
        thief.carried(thief.sealed(order)),
        thief.carried(thief.open(order)),
        thief.carried(thief.carried(genuine)),
        thief.open(order),
        thief.local(order),
        thief.unproven(frame.SIGNED_SM2, order, 64),
        thief.unproven(frame.CHAIN, order, 16),
        thief.unproven(6, order, 0),
        thief.unproven(7, order, 0),
        thief.signed(order),
        thief.sealed_body(row.number, messages.encode(DOWN, order), address=frame.EVERYBODY),
        genuine,
    ):
        scene.refused(datagram)
    assert scene.end_of(scene.submit(genuine))["outcome"] == "played"
    assert scene.heard_since(since) == ["tone", "19", "tone"]


def test_a_time_that_answers_nothing_is_not_believed(scene: Scene):
    second = int(time.time()) - calendar.ZERO_UNIX
    scene.refused(scene.thief.sealed(messages.Time(0xABCDEF, second + 540)))
    scene.press(1)
    scene.close(scene.call_arrived(1))
    assert abs(scene.county.fields("Call")[-1]["minute"] - second // 60) <= 1


def _order(template: int):
    return orders.compose(slot=1, rank="danger", template=template, repeats=1, emergency=True)


@contextmanager
def _written_by_another(scene: Scene) -> Iterator[float]:
    """Keep the database for ourselves; the value is the time from which on nobody can write."""
    with closing(sqlite3.connect(scene.stage.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield _once_quiet()
        other.execute("ROLLBACK")


@contextmanager
def _full_disk(scene: Scene) -> Iterator[float]:
    """Let every commit of a message fail; the value is the time from which on none succeeds."""
    with closing(sqlite3.connect(scene.stage.database, timeout=10)) as other:
        other.executescript(FULL_DISK)
        try:
            yield _once_quiet()
        finally:
            other.executescript(ROOM_AGAIN)


def _once_quiet() -> float:
    """Return the time once the answers to what was committed before are out."""
    time.sleep(0.3)
    return time.time()


def _calls_sent(scene: Scene, since: float) -> int:
    return [named(UP, data) for data in scene.road("up", since)].count("Call")
