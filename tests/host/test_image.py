"""What a technician is told of an image before it goes onto a Box."""

import hashlib
import json
import struct
import subprocess
import wave
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools import cli
from host_tools.build import boards, clips, flash_map, release, romfs, uf2
from host_tools.problems import MISMATCH, NOT_FOUND, Problem
from host_tools.text import area
from protocol import table_area
from tests.shared.text_table import ARABIC, by_hand, letters_of

ROOT = Path(__file__).parents[2]
RP2040, RP2350, ABSOLUTE = 0xE48BFF56, 0xE48BFF59, 0xE48BFF57
TOLD = release.Release("1.2.3", 7, "pico_box", "rp2040", "0badcafe")


def block(number, total, payload, family=RP2040, address=None, flags=0x2000, size=256):
    """Return one UF2 block."""
    address = uf2.FLASH + 256 * number if address is None else address
    head = (0x0A324655, 0x9E5D5157, flags, address, size, number, total, family)
    return struct.pack("<8I476sI", *head, payload, 0x0AB16F30)


def uf2_of(content, family=RP2040):
    """Return the UF2 file of a flash image, as uf2conv and picotool write it."""
    pieces = [content[at : at + 256].ljust(256, b"\0") for at in range(0, len(content), 256)]
    return b"".join(block(n, len(pieces), piece, family) for n, piece in enumerate(pieces))


def firmware(told=TOLD):
    return b"\x80" * 300 + told.mark.encode() + b"\x00" * 700


@pytest.fixture
def board(monkeypatch):
    """A board with an RP2040, and another with an RP2350."""
    rows = (flash_map.Row("firmware", 0, 1 << 20), flash_map.Row("clips", 1 << 20, 4096))
    small = flash_map.FlashMap((1 << 20) + 4096, rows)
    made = {
        "pico_box": boards.Board("pico_box", ROOT, "rp2040", small),
        "pico2_box": boards.Board("pico2_box", ROOT, "rp2350", small),
        "other_box": boards.Board("other_box", ROOT, "rp2040", small),
    }
    monkeypatch.setattr(boards, "find", made.__getitem__)


@pytest.fixture
def said(capsys, monkeypatch):
    """Type words; return (exit code, standard output, standard error)."""
    monkeypatch.setenv("NO_COLOR", "1")

    def type_in(*typed):
        code = cli.code_of([str(word) for word in typed])
        return code, *capsys.readouterr()

    return type_in


@pytest.fixture
def file(tmp_path):
    """Write bytes as a file; return its path."""

    def write(content, name="box.uf2"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


class TestInfo:
    def test_an_image_tells_its_chip_its_board_and_its_release(self, said, file):
        path = file(uf2_of(firmware()))
        code, out, _ = said("image", "info", path, "--json")
        assert code == 0
        assert json.loads(out) == {
            "chip": "rp2040",
            "family": "RP2040",
            "board": "pico_box",
            "version": "1.2.3",
            "software": 7,
            "schema": "0badcafe",
            "from": "0x10000000",
            "to": "0x10000500",
            "bytes": 1280,
            "tables": [],
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }

    def test_a_person_reads_the_same_line_by_line(self, said, file):
        code, out, _ = said("image", "info", file(uf2_of(firmware())))
        assert code == 0
        assert "board           pico_box\n" in out
        assert "message table   0badcafe\n" in out
        assert "text tables     -\n" in out

    def test_an_image_tells_which_texts_a_box_with_it_can_read(self, said, file):
        tables = uf2.Part(uf2.FLASH + 0x15A000, area.written([by_hand(0x23), by_hand(0x10)]))
        path = file(uf2.with_part(uf2_of(firmware()), tables))
        code, out, _ = said("image", "info", path)
        assert code == 0
        assert "text tables     zh/0 ug/3\n" in out
        assert "bytes           1280\n" in out

    def test_an_image_of_another_project_has_a_chip_and_no_release(self, said, file):
        code, out, _ = said("image", "info", file(uf2_of(b"MicroPython")), "--json")
        told = json.loads(out)
        assert (code, told["chip"]) == (0, "rp2040")
        assert told["board"] is None
        assert told["version"] is None

    def test_an_image_with_two_stories_has_none(self):
        other = release.Release("9.9.9", 7, "pico_box", "rp2040", "0badcafe")
        assert release.found_in(firmware() + firmware()) == TOLD
        assert release.found_in(firmware() + firmware(other)) is None

    @pytest.mark.usefixtures("board")
    def test_an_image_for_the_wrong_chip_is_known(self, said, file):
        path = file(uf2_of(firmware()))
        code, _, err = said("image", "info", path, "--board", "pico2_box")
        assert code == MISMATCH
        assert err == (
            "fengsui: box.uf2 is for another chip: it says RP2040, the board has an RP2350."
            " Take the image that was built for it.\n"
        )

    @pytest.mark.usefixtures("board")
    def test_an_image_for_another_board_of_the_same_chip_is_known(self, said, file):
        code, _, err = said("image", "info", file(uf2_of(firmware())), "--board", "other_box")
        assert code == MISMATCH
        assert "is for pico_box, not for other_box" in err

    @pytest.mark.usefixtures("board")
    def test_an_image_of_nobody_is_for_no_board(self, said, file):
        code, _, err = said("image", "info", file(uf2_of(b"blinky")), "--board", "pico_box")
        assert code == MISMATCH
        assert "is not an image of this project" in err

    def test_a_file_that_is_not_there(self, said, tmp_path):
        code, _, err = said("image", "info", tmp_path / "no.uf2")
        assert code == NOT_FOUND
        assert "is not there" in err


class TestReading:
    def test_the_flash_image_comes_out_as_it_went_in(self):
        content = bytes(range(256)) * 9
        image = uf2.read(uf2_of(content))
        assert (image.start, image.content, image.chip) == (0x10000000, content, "rp2040")

    def test_the_extra_block_for_the_rp2350s_erratum_is_no_part_of_the_image(self):
        extra = block(0, 2, b"\xef" * 256, ABSOLUTE, 0x10FFFF00)
        image = uf2.read(extra + uf2_of(b"x" * 512, RP2350))
        assert (image.start, image.content, image.chip) == (0x10000000, b"x" * 512, "rp2350")

    @pytest.mark.parametrize("family", [RP2040, RP2350])
    def test_a_further_part_comes_out_of_where_it_was_put(self, family):
        content, tables = bytes(range(256)) * 9, b"tables" * 100
        extra = b"" if family == RP2040 else block(0, 2, b"\xef" * 256, ABSOLUTE, 0x10FFFF00)
        made = uf2.with_part(extra + uf2_of(content, family), uf2.Part(0x1015A000, tables))
        image = uf2.read(made)
        assert made.startswith(extra)
        assert (image.start, image.content) == (0x10000000, content)
        assert image.further == (uf2.Part(0x1015A000, uf2.padded(tables)),)
        assert uf2.padded(tables) == tables + b"\xff" * 168

    @pytest.mark.parametrize("address", [0x10000000, 0x10001080, 0x10001800, 0x11000000])
    def test_a_further_part_begins_a_sector_of_flash_behind_the_first(self, address):
        made = uf2.with_part(uf2_of(b"x" * 4096), uf2.Part(address, b"y"))
        with pytest.raises(Problem, match=r"block 16 of it|does not lie in flash"):
            uf2.read(made)

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"", "does not begin as a UF2 file"),
            (b"\x7fELF" + bytes(600), "does not begin as a UF2 file"),
            (uf2_of(b"x" * 512)[:-1], "its last block is cut off"),
            (uf2_of(b"x" * 512)[:512], "it has 1 blocks of the 2 it speaks of"),
            (uf2_of(b"x" * 512) * 2, "it has 4 blocks of the 2 it speaks of"),
            (uf2_of(b"x")[:-4] + b"\0\0\0\0", "block 0 of it is damaged"),
            (block(0, 1, b"", 0xE48BFF57, 0x10FFFF00), "there is nothing in it"),
            (block(0, 1, b"", family=0x1234), "unknown family of chips, 0x00001234"),
            (block(0, 1, b"", flags=0), "is not made for these chips"),
            (block(0, 1, b"", size=476), "is not made for these chips"),
            (block(0, 1, b"", address=0x20000000), "does not lie in flash but at 0x20000000"),
            (block(0, 1, b"", address=0x10FFFF80), "does not lie in flash but at 0x10ffff80"),
            (block(1, 2, b"") + block(0, 2, b""), "block 1 of it stands where block 0 belongs"),
            (
                block(0, 2, b"") + block(1, 2, b"", address=0x10000200),
                "block 1 of it leaves a gap",
            ),
            (
                block(0, 2, b"") + block(1, 2, b"", address=0x10000080),
                "block 1 of it leaves a gap",
            ),
            (block(0, 2, b"") + block(1, 2, b"", RP2350), "for another chip than the first"),
        ],
    )
    def test_a_file_that_is_not_whole_is_refused_in_one_sentence(self, data, why):
        with pytest.raises(Problem, match=why) as refused:
            uf2.read(data)
        assert refused.value.exit_code == MISMATCH

    def test_a_file_larger_than_any_flash_is_not_even_read(self, tmp_path):
        path = tmp_path / "huge.uf2"
        with path.open("wb") as file:
            file.truncate(1 << 30)
        with pytest.raises(Problem, match="larger than any flash"):
            uf2.load(path)

    @given(at=st.integers(0, 511 * 3), byte=st.integers(0, 255), cut=st.integers(0, 1536))
    def test_whatever_became_of_a_file_it_is_an_image_or_one_sentence(self, at, byte, cut):
        data = bytearray(uf2_of(b"village" * 100))
        data[at] = byte
        try:
            image = uf2.read(bytes(data[:cut]))
        except Problem:
            return
        assert len(image.content) == 768


class TestTables:
    def test_they_become_one_image_that_a_box_reads(self, said, tmp_path):
        names = [tmp_path / "zh.table", tmp_path / "ug.table"]
        names[0].write_bytes(by_hand(0x13))
        names[1].write_bytes(by_hand(0x21, ARABIC, letters_of(ARABIC)))
        out = tmp_path / "tables.bin"
        code, told, _ = said("image", "tables", *names, "--out", out, "--board", "pico_box")
        assert code == 0
        assert told.endswith(f"{out.stat().st_size} bytes, zh/3 ug/1\n")
        assert table_area.announced(out.read_bytes()) == b"\x13\x21"

    def test_a_table_under_the_name_of_another_goes_onto_no_box(self, said, tmp_path):
        (tmp_path / "zh.table").write_bytes(by_hand(0x10))
        out = tmp_path / "tables.bin"
        code, _, err = said("image", "tables", tmp_path / "zh.table", "--out", out)
        assert code == MISMATCH
        assert "is not the table that Boxes know as zh/0" in err
        assert not out.exists()

    def test_what_a_box_could_not_tell_of_is_refused(self, said, tmp_path):
        (tmp_path / "zh.table").write_bytes(by_hand(0x13))
        twice = (tmp_path / "zh.table",) * 2
        code, _, err = said("image", "tables", *twice, "--out", tmp_path / "out")
        assert code == MISMATCH
        assert "two tables of one generation" in err
        with pytest.raises(Problem, match="8 tables, not of 9"):
            area.written([by_hand(0x10 + generation) for generation in range(9)])

    def test_what_the_board_has_no_room_for_is_refused(self):
        with pytest.raises(Problem, match="these tables need 4,097 bytes"):
            area.refuse_too_big(4096, 4097)


class TestClips:
    def save(self, path, rate=8000, channels=1, width=2, seconds=0.5):
        with wave.open(str(path), "wb") as clip:
            clip.setnchannels(channels)
            clip.setsampwidth(width)
            clip.setframerate(rate)
            clip.writeframes(bytes(range(200)) * int(rate * seconds * width * channels / 200))

    def test_micropython_reads_them_in_place(self, said, tmp_path):
        self.save(tmp_path / "siren.wav")
        self.save(tmp_path / "flood-2.wav", seconds=0.25)
        code, _, _ = said("image", "clips", tmp_path, "--out", tmp_path / "clips.romfs")
        assert code == 0
        listed = on_micropython(
            f"""
import os, vfs
flash = open("{tmp_path}/clips.romfs", "rb").read()
vfs.mount(vfs.VfsRom(flash), "/clips")
for name in os.listdir("/clips"):
    file = open("/clips/" + name, "rb")
    same = memoryview(file) == open("{tmp_path}/" + name, "rb").read()
    print(name, same, os.stat("/clips/" + name)[6])
"""
        )
        assert listed.splitlines() == ["flood-2.wav True 4044", "siren.wav True 8044"]

    @pytest.mark.parametrize("shape", [{"rate": 16000}, {"channels": 2}, {"width": 1}], ids=str)
    def test_another_kind_of_recording_is_named_and_refused(self, said, tmp_path, shape):
        self.save(tmp_path / "siren.wav", **shape)
        code, _, err = said("image", "clips", tmp_path, "--out", tmp_path / "clips.romfs")
        assert code == MISMATCH
        assert "siren.wav cannot be played in place" in err
        assert "Save it as 16-bit PCM, one channel, 8000 samples a second." in err
        assert not (tmp_path / "clips.romfs").exists()

    @pytest.mark.parametrize("content", [b"", b"ID3 song", b"RIFF\x24\0\0\0WAVE"])
    def test_what_is_no_wav_file_is_named_and_refused(self, tmp_path, content):
        (tmp_path / "siren.wav").write_bytes(content)
        with pytest.raises(Problem, match=r"siren\.wav cannot be played in place"):
            clips.image(tmp_path)

    def test_a_recording_that_was_cut_off_is_refused(self, tmp_path):
        self.save(tmp_path / "siren.wav")
        whole = (tmp_path / "siren.wav").read_bytes()
        (tmp_path / "siren.wav").write_bytes(whole[:-100])
        with pytest.raises(Problem, match="it ends early"):
            clips.image(tmp_path)

    @pytest.mark.parametrize("name", ["警报.wav", "Siren.wav", "SIREN.WAV", "a" * 25 + ".wav"])
    def test_a_name_that_no_box_would_open_is_refused(self, tmp_path, name):
        self.save(tmp_path / name)
        with pytest.raises(Problem, match="no clip can be called"):
            clips.image(tmp_path)

    @pytest.mark.usefixtures("board")
    def test_more_than_the_boards_area_holds_is_refused(self, said, tmp_path):
        self.save(tmp_path / "siren.wav")
        out = tmp_path / "clips.romfs"
        code, _, err = said("image", "clips", tmp_path, "--out", out, "--board", "pico_box")
        assert code == MISMATCH
        assert "the area of pico_box has 4,096" in err

    def test_a_folder_without_recordings_is_one_sentence(self, tmp_path):
        with pytest.raises(Problem, match=r"there is no \.wav file in"):
            clips.image(tmp_path)
        with pytest.raises(Problem, match="is not a folder"):
            clips.image(tmp_path / "nowhere")


def test_the_same_files_make_the_same_image_in_whatever_order_they_come():
    files = {"b/two.mpy": b"2", "a.mpy": b"1", "b/c/three.mpy": b"3"}
    assert romfs.image(files) == romfs.image(dict(reversed(files.items())))


def on_micropython(code):
    command = [ROOT / ".tools/bin/micropython", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
