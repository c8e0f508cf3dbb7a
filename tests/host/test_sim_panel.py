"""The call panel as a process: a person presses, the Box lights a lamp."""

import pytest

from tests.host import simulators
from tests.host.simulators import lines_of

start, connect = simulators.start, simulators.connect


@pytest.fixture
def panel(start, tmp_path):
    return start("panel", "--line", tmp_path / "panel", "--log", tmp_path / "panel.jsonl")


@pytest.fixture
def box(connect, tmp_path, panel):
    return connect(tmp_path / "panel")


def logged(tmp_path):
    return [{**line, "t": 0} for line in lines_of(tmp_path / "panel.jsonl")]


def test_a_press_reaches_the_box_as_down_and_up(panel, box, tmp_path):
    assert panel.tell("press 17 10") == "ok"
    assert box.read_to(b"up 17\n") == b"down 17\nup 17\n"
    assert logged(tmp_path) == [
        {"t": 0, "button": "17", "down": True},
        {"t": 0, "button": "17", "down": False},
    ]


def test_a_button_can_be_held_while_another_is_pressed(panel, box):
    for command in ("down 1", "press 2 1", "up 1"):
        assert panel.tell(command) == "ok"
    assert box.read_to(b"up 1\n") == b"down 1\ndown 2\nup 2\nup 1\n"


def test_a_lamp_shows_what_the_box_last_said(panel, box, tmp_path):
    panel.tell("down 1")
    box.write(b"lamp 17 1\nlamp 18 1\nlam")
    box.write(b"p 18 0\nstate?\n")
    box.read_to(b"down 1\ndown 1\n")  # what the Box wrote has been read
    assert panel.state("lamps") == {"17": True, "18": False}
    lamps = [(line["lamp"], line["on"]) for line in logged(tmp_path) if "lamp" in line]
    assert lamps == [("17", True), ("18", True), ("18", False)]


def test_a_box_that_comes_back_hears_how_every_button_stands(panel, box, connect, tmp_path):
    panel.tell("down 1")
    panel.tell("press 2 1")
    box.read_to(b"up 2\n")
    box.close()
    again = connect(tmp_path / "panel")
    again.write(b"state?\n")
    assert again.read_to(b"up 2\n") == b"down 1\nup 2\n"


def test_nonsense_from_the_box_lights_nothing(panel, box, tmp_path):
    box.write(b"lamp 17 2\nlamp\nlamp a/b 1\n\xff\xfe\nlamp " + b"9" * 500 + b" 1\n")
    panel.tell("down 1")
    box.write(b"lamp 3 1\nstate?\n")
    box.read_to(b"down 1\ndown 1\n")
    assert panel.state("lamps") == {"3": True}


def test_a_killed_panel_comes_back_on_the_same_line(panel, connect, tmp_path):
    panel.kill()
    panel.begin()
    wire = connect(tmp_path / "panel")
    assert panel.tell("press 5 1") == "ok"
    assert wire.read_to(b"up 5\n") == b"down 5\nup 5\n"
