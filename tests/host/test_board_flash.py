"""`fengsui flash` and a board in memory: what it puts where, and what it says when it cannot."""

import pytest

from host_tools import cli
from host_tools.board import bootloader, flashing
from host_tools.board import usb as usb_module
from host_tools.build.release import Release
from host_tools.problems import MISMATCH, NOT_FOUND, UNREACHABLE, USAGE
from tests.host import plugged_board
from tests.host.fake_pico import NEWER, OURS, PORT, UNIQUE_ID, FakePico, image_file
from tests.host.fake_usb import FakeUsb
from tests.host.plugged_board import problem_of

pico, usb = plugged_board.pico, plugged_board.usb


@pytest.fixture
def newer(tmp_path):
    return image_file(tmp_path / "newer.uf2", NEWER)


def flash(usb, image, port=PORT, drive=None, progress=lambda *_: None):
    return flashing.flash(usb, port, flashing.wanted(image), drive, lambda _: None, progress)


def refused(usb, image, **more):
    return problem_of(flash, usb, image, **more)


class TestABoardIsFlashed:
    def test_a_running_box_gets_the_image_and_goes_on(self, usb, pico, newer):
        done = flash(usb, newer)
        assert done["before"]["release"]["version"] == OURS.version
        assert done["release"] == vars(NEWER)
        assert (done["port"], done["unique_id"]) == (PORT, UNIQUE_ID)
        assert pico.resets == 1
        assert usb.has(PORT)

    def test_so_does_a_board_with_stock_micropython(self, usb, pico, newer):
        pico.release = None
        done = flash(usb, newer)
        assert done["before"]["release"] is None
        assert pico.release == NEWER

    def test_a_blank_board_on_its_drive_needs_no_port(self, usb, pico, newer, tmp_path):
        pico.show_drive(tmp_path / "RPI-RP2")
        done = flash(usb, newer, port=None)
        assert (done["before"], done["port"]) == (None, PORT)

    def test_a_named_port_may_be_one_that_is_yet_to_come(self, usb, pico, newer, tmp_path):
        pico.show_drive(tmp_path / "RPI-RP2")
        assert flash(usb, newer)["port"] == PORT

    def test_the_only_board_needs_no_name(self, usb, newer):
        assert flash(usb, newer, port=None)["port"] == PORT

    def test_a_drive_in_an_unusual_place_can_be_named(self, usb, newer, tmp_path):
        usb.drive = tmp_path / "elsewhere"
        usb.drives = list
        assert flash(usb, newer, drive=tmp_path / "elsewhere")["release"] == vars(NEWER)

    def test_a_board_that_comes_back_on_another_port_is_known_by_its_id(self, usb, pico, newer):
        def elsewhere(content):
            pico.port = "/dev/ttyACM1"
            return NEWER

        pico.takes_image = elsewhere
        assert flash(usb, newer)["port"] == "/dev/ttyACM1"

    def test_people_read_it_in_one_line(self, usb, newer, monkeypatch, capsys):
        monkeypatch.setattr(usb_module, "Usb", lambda: usb)
        assert cli.code_of(["flash", "--image", str(newer)]) == 0
        out, err = capsys.readouterr()
        said = f"{PORT}: pico_box 0.2.0 runs on the board {UNIQUE_ID}, read back and compared; "
        assert out.startswith(said)
        assert err.splitlines()[0] == f"copying newer.uf2 to {usb.drive}"

    def test_progress_is_told_to_the_last_byte(self, usb, newer, monkeypatch):
        monkeypatch.setattr(bootloader, "PIECE_BYTES", 512)
        told = []
        flash(usb, newer, progress=lambda done, total: told.append((done, total)))
        total = newer.stat().st_size
        assert told == [(done, total) for done in range(512, total + 1, 512)]


class TestWhatIsNotForThisBoard:
    def test_an_image_for_another_chip(self, usb, pico, tmp_path):
        other = Release("0.2.0", 2, "pico2_box", "rp2350", "a1b2c3d4")
        said, code = refused(usb, image_file(tmp_path / "pico2.uf2", other))
        assert said == (
            "pico2.uf2 is for another chip: it says RP2350, Arm, secure, the board has an RP2040. "
            "Take the image that was built for it."
        )
        assert code == MISMATCH
        assert_goes_on_as_it_was(pico)

    def test_an_image_for_another_board_with_this_chip(self, usb, pico, tmp_path):
        other = Release("0.2.0", 2, "pico_station", "rp2040", "a1b2c3d4")
        said, code = refused(usb, image_file(tmp_path / "station.uf2", other))
        assert said.startswith(f"station.uf2 is for a pico_station, and {PORT} is a pico_box. ")
        assert code == MISMATCH
        assert_goes_on_as_it_was(pico)

    def test_an_image_for_another_chip_than_the_drive_says(self, usb, pico, newer, tmp_path):
        pico.chip = "rp2350"
        pico.show_drive(tmp_path / "RPI-RP2")
        said, code = refused(usb, newer)
        assert "the board has an RP2350" in said
        assert code == MISMATCH
        assert [path.name for path in usb.drive.iterdir()] == ["INFO_UF2.TXT"]

    def test_a_drive_of_some_other_device(self, usb, pico, newer, tmp_path):
        pico.show_drive(tmp_path / "RPI-RP2")
        (usb.drive / "INFO_UF2.TXT").write_text("Board-ID: SAMD51\n")
        said, _ = refused(usb, newer)
        assert "does not say that it belongs to an RP2040 or RP2350" in said

    def test_an_image_that_does_not_say_what_it_is(self, usb, pico, tmp_path):
        said, code = refused(usb, image_file(tmp_path / "stock.uf2", None))
        assert said.startswith("stock.uf2 does not say which release of Fengsui it is. ")
        assert code == MISMATCH
        assert pico.ran == []


class TestWhichBoard:
    def test_none(self, usb, pico, newer):
        pico.pull()
        said, code = refused(usb, newer, port=None)
        assert said.startswith("no board is plugged in. ")
        assert code == NOT_FOUND

    def test_no_such_port(self, usb, newer):
        said, code = refused(usb, newer, port="/dev/ttyACM7")
        assert said.startswith("there is no port /dev/ttyACM7. ")
        assert code == NOT_FOUND

    def test_one_of_two(self, tmp_path, newer):
        two = FakePico(tmp_path), FakePico(tmp_path, port="/dev/ttyACM1", unique_id="01" * 8)
        said, code = refused(FakeUsb(tmp_path / "RPI-RP2", *two), newer, port=None)
        assert said == "2 boards are plugged in: /dev/ttyACM0, /dev/ttyACM1. Name the one."
        assert code == USAGE

    def test_a_port_and_a_drive_at_once(self, tmp_path, newer):
        two = FakePico(tmp_path), FakePico(tmp_path, port="/dev/ttyACM1", unique_id="01" * 8)
        two[1].show_drive(tmp_path / "RPI-RP2")
        said, code = refused(FakeUsb(tmp_path / "RPI-RP2", *two), newer)
        assert "waits for an image, and a board runs on /dev/ttyACM0" in said
        assert code == USAGE
        assert two[0].ran == []


class TestInTheMiddle:
    def test_the_drive_never_appears(self, usb, newer):
        usb.mounts = False
        said, code = refused(usb, newer)
        assert said.startswith("the board's drive RPI-RP2 or RP2350 did not appear. ")
        assert code == UNREACHABLE

    def test_the_cable_is_pulled_while_it_is_copied(self, usb, newer, monkeypatch):
        monkeypatch.setattr(bootloader, "PIECE_BYTES", 512)

        def synced(_):
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(bootloader.os, "fsync", synced)
        said, code = refused(usb, newer)
        assert said.startswith("the image did not get onto ")
        assert "Input/output error. Plug the board in with BOOTSEL held" in said
        assert code == UNREACHABLE

    def test_a_drive_that_goes_with_the_last_piece_is_no_fault(self, usb, newer, monkeypatch):
        def synced(_):
            raise OSError(5, "Input/output error")

        monkeypatch.setattr(bootloader.os, "fsync", synced)
        assert flash(usb, newer)["release"] == vars(NEWER)

    def test_the_board_never_comes_back(self, usb, pico, newer):
        pico.comes_back = False
        said, code = refused(usb, newer)
        assert said.startswith(f"the board did not come back on {PORT}. ")
        assert code == UNREACHABLE

    def test_what_comes_back_is_not_what_was_flashed(self, usb, pico, newer):
        pico.takes_image = lambda _: OURS
        said, code = refused(usb, newer)
        assert said == (
            f"{PORT} has pico_box 0.1.0, messages a1b2c3d4, "
            "and newer.uf2 is pico_box 0.2.0, messages a1b2c3d4. Flash it again."
        )
        assert code == MISMATCH


def assert_goes_on_as_it_was(pico):
    assert pico.release == OURS
    assert not any("bootloader" in code for code in pico.ran)
    assert pico.resets == 1
