"""The IP road: it carries, it can be cut, and strangers can speak on it."""

import pytest

from tests.host import simulators
from tests.host.simulators import datagrams, free_port, lines_of, wait_for

start = simulators.start


@pytest.fixture
def county():
    with datagrams() as listening:
        yield listening


@pytest.fixture
def box():
    with datagrams() as device:
        yield device


class Road:
    """The road under test and its log."""

    def __init__(self, simulator, port, log):
        self.simulator = simulator
        self.address = ("127.0.0.1", port)
        self.log = log
        self.tell = simulator.tell

    def passed(self):
        """Return (direction, hex, passed, injected) of every datagram so far."""
        keys = ("dir", "hex", "passed", "injected")
        return [tuple(line[key] for key in keys) for line in lines_of(self.log) if "dir" in line]

    def events(self):
        return [line["event"] for line in lines_of(self.log) if "event" in line]


@pytest.fixture
def road(start, county, tmp_path):
    port, log = free_port(), tmp_path / "road.jsonl"
    to = f"127.0.0.1:{county.getsockname()[1]}"
    return Road(start("road", "--listen", port, "--to", to, "--log", log), port, log)


def test_a_datagram_goes_up_and_the_answer_comes_down(road, box, county):
    box.sendto(b"\x81call", road.address)
    data, upstream = county.recvfrom(2048)
    assert data == b"\x81call"
    county.sendto(b"\x82ack", upstream)
    assert box.recvfrom(2048) == (b"\x82ack", road.address)
    up, down = ("up", b"\x81call".hex(), True, False), ("down", b"\x82ack".hex(), True, False)
    assert road.passed() == [up, down]


def test_each_box_has_an_address_of_its_own_at_the_county(road, box, county):
    with datagrams() as neighbour:
        box.sendto(b"box", road.address)
        _, first = county.recvfrom(2048)
        neighbour.sendto(b"neighbour", road.address)
        _, second = county.recvfrom(2048)
        assert first != second
        county.sendto(b"for the box", first)
        assert box.recv(2048) == b"for the box"
        assert len(road.simulator.state()["boxes"]) == 2


def test_nothing_passes_a_cut_and_everything_passes_after_it(road, box, county):
    box.sendto(b"before", road.address)
    _, upstream = county.recvfrom(2048)
    assert road.tell("cut") == "ok"
    box.sendto(b"lost", road.address)
    wait_for(lambda: len(road.passed()) == 2)
    county.sendto(b"lost too", upstream)
    wait_for(lambda: len(road.passed()) == 3)
    assert road.tell("restore") == "ok"
    box.sendto(b"after", road.address)
    assert county.recvfrom(2048) == (b"after", upstream)
    assert [passed for _, _, passed, _ in road.passed()] == [True, False, False, True]
    assert road.events() == ["cut", "restore"]


def test_a_stranger_can_speak_to_both_ends(road, box, county):
    assert road.tell("inject down 00") == "error: no Box has spoken on this road yet"
    box.sendto(b"hello", road.address)
    _, upstream = county.recvfrom(2048)
    assert road.tell("inject down c0ffee") == "ok"
    assert box.recvfrom(2048) == (b"\xc0\xff\xee", road.address)
    assert road.tell("inject up bad0") == "ok"
    assert county.recvfrom(2048) == (b"\xba\xd0", upstream)
    assert road.passed()[1:] == [("down", "c0ffee", True, True), ("up", "bad0", True, True)]


def test_a_stranger_speaks_to_the_box_that_spoke_last(road, box, county):
    with datagrams() as neighbour:
        for speaker in (box, neighbour, box):
            speaker.sendto(b"hello", road.address)
            county.recv(2048)
        road.tell("inject down 01")
        assert box.recv(2048) == b"\x01"


def test_a_road_may_carry_everything_twice(road, box, county):
    assert road.tell("duplicate on") == "ok"
    box.sendto(b"once", road.address)
    assert (county.recv(2048), county.recv(2048)) == (b"once", b"once")
    road.tell("duplicate off")
    box.sendto(b"again", road.address)
    assert county.recv(2048) == b"again"
    assert len(road.passed()) == 3


def test_only_the_county_speaks_for_the_county(road, box, county):
    box.sendto(b"hello", road.address)
    _, upstream = county.recvfrom(2048)
    with datagrams() as stranger:
        stranger.sendto(b"forged", upstream)
    county.sendto(b"true", upstream)
    assert box.recv(2048) == b"true"


def test_a_road_remembers_no_more_boxes_than_it_has_room_for(road, county):
    for number in range(70):
        with datagrams() as passer_by:
            passer_by.sendto(b"%d" % number, road.address)
            county.recv(2048)
    assert len(road.simulator.state()["boxes"]) == 64


def test_a_killed_road_is_there_again_at_the_same_port(road, box, county):
    road.simulator.kill()
    road.simulator.begin()
    box.sendto(b"still here", road.address)
    assert county.recv(2048) == b"still here"


def test_a_wrong_word_changes_nothing(road):
    before = road.simulator.state()
    assert road.tell("inject sideways 00") == "error: expected inject up or down, not 'sideways'"
    assert road.tell("duplicate maybe") == "error: expected on or off, not 'maybe'"
    assert road.simulator.state() == before
