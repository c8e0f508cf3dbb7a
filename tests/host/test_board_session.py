"""The raw REPL of a board: every way in which it may not answer is one sentence, in its time."""

import os
import pty
import tty

import pytest
from mpremote.transport import TransportError

from host_tools.board import identity, session
from host_tools.board.usb import Usb
from host_tools.board.wire import Wire
from host_tools.problems import MISMATCH, NOT_FOUND, UNREACHABLE
from tests.host import plugged_board
from tests.host.fake_pico import OURS, PORT, UNIQUE_ID
from tests.host.plugged_board import problem_of

pico, usb = plugged_board.pico, plugged_board.usb


@pytest.fixture
def line():
    """A pseudo-terminal: the end that is a board, and the port's name."""
    board, port = pty.openpty()
    tty.setraw(port)
    yield board, os.ttyname(port)
    os.close(board)
    os.close(port)


def ask(usb, code):
    with session.opened(usb, PORT) as board:
        return board.ask(code)


def who(usb):
    with session.opened(usb, PORT) as board:
        return identity.of(board)


class TestWhoAnswers:
    def test_a_box_tells_its_chip_its_id_and_its_release(self, usb):
        found = who(usb)
        assert (found.chip, found.unique_id, found.release) == ("rp2040", UNIQUE_ID, OURS)

    def test_a_stock_board_runs_no_release(self, usb, pico):
        pico.release = None
        assert who(usb).release is None

    def test_another_chip_is_named(self, usb, pico):
        pico.chip = "esp32"
        said, code = problem_of(who, usb)
        assert said.startswith(f"the board on {PORT} is Fengsui Box with ESP32. ")
        assert code == MISMATCH

    def test_a_release_with_words_no_image_says_is_not_believed(self, usb, pico):
        pico.release = OURS.__class__("0.1.0", 1, "a board; import os", "rp2040", "a1b2c3d4")
        said, code = problem_of(who, usb)
        assert "does not speak as MicroPython does" in said
        assert code == MISMATCH


class TestABoardThatDoesNotListen:
    def test_one_that_says_nothing(self, usb, pico, capsys):
        pico.mood = "silent"
        said, code = problem_of(ask, usb, "print(1)")
        assert said == (
            f"the board on {PORT} does not answer. "
            "Unplug it and plug it in again, with BOOTSEL held if that does not help."
        )
        assert code == UNREACHABLE
        assert capsys.readouterr().out == ""

    def test_one_that_talks_nonsense(self, usb, pico):
        pico.mood = "noise"
        said, code = problem_of(ask, usb, "print(1)")
        assert said.startswith(f"what answers on {PORT} does not speak as MicroPython does. ")
        assert code == MISMATCH

    def test_one_whose_ctrl_c_was_lost_is_asked_again(self, usb, pico):
        pico.mood = "silent"
        pass_time = pico.pass_time

        def wakes(seconds, drive):
            pico.mood = "well"
            pass_time(seconds, drive)

        pico.pass_time = wakes
        assert ask(usb, "print(1)") == 1

    def test_one_that_is_unplugged_in_the_middle(self, usb, pico):
        def pulled():
            with session.opened(usb, PORT) as board:
                pico.pull()
                board.run("print(1)")

        said, code = problem_of(pulled)
        assert said == (
            f"the board on {PORT} went away in the middle. Plug it in again and begin anew."
        )
        assert code == UNREACHABLE

    def test_what_fails_there_is_told_by_its_last_line(self, usb):
        said, code = problem_of(ask, usb, "raise ValueError('no room')")
        assert said.startswith(f"the board on {PORT} could not do it: ValueError: no room. ")
        assert code == MISMATCH

    def test_what_it_says_cannot_meddle_with_the_terminal(self, usb):
        said, _ = problem_of(ask, usb, "raise ValueError('no \\x1b[2Jroom')")
        assert "ValueError: no [2Jroom. " in said

    def test_an_answer_that_is_no_json(self, usb):
        assert "does not speak" in problem_of(ask, usb, "print('[')")[0]


class TestTheBoardGoesOn:
    def test_after_the_work(self, usb, pico):
        ask(usb, "print(1)")
        assert pico.resets == 1

    def test_after_something_went_wrong(self, usb, pico):
        problem_of(ask, usb, "raise ValueError('no room')")
        assert pico.resets == 1

    def test_when_a_person_stops_the_tool(self, usb, pico):
        with pytest.raises(KeyboardInterrupt), session.opened(usb, PORT):
            raise KeyboardInterrupt
        assert pico.resets == 1


class TestThePort:
    def test_that_is_not_there(self, tmp_path):
        said, code = problem_of(Usb().open, str(tmp_path / "ttyACM0"))
        assert said == (
            f"there is no port {tmp_path}/ttyACM0. Plug the board in, or name the port it has."
        )
        assert code == NOT_FOUND

    def test_that_another_program_uses(self, line):
        first = Usb().open(line[1])
        said, code = problem_of(Usb().open, line[1])
        first.serial.close()
        assert said.startswith(f"{line[1]} cannot be opened as a serial port. Close the program")
        assert code == UNREACHABLE

    def test_that_is_a_file(self, tmp_path):
        (tmp_path / "notes.txt").touch()
        said, code = problem_of(Usb().open, str(tmp_path / "notes.txt"))
        assert "cannot be opened as a serial port" in said
        assert code == UNREACHABLE


class TestAWire:
    def test_noise_without_an_end_ends_in_time(self):
        wire = Wire(Noise(), now=iter(range(100)).__next__)
        wire.allow(10)
        with pytest.raises(TransportError):
            list(iter(lambda: wire.read(1), b""))
        assert wire.heard > 0

    def test_silence_ends_in_time(self):
        wire = Wire(Silence(), now=iter(range(100)).__next__)
        wire.allow(10)
        with pytest.raises(TransportError):
            wire.read(1)


class Noise:
    in_waiting = 1

    def read(self, count):
        return b"\xaa" * count


class Silence:
    in_waiting = 0

    def read(self, _):
        return b""
