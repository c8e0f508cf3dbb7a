"""A small `make fuzz-modems`, and that it would see what it looks for."""

import random
import subprocess
import sys

import pytest

from host_tools.setup.steps import ROOT
from tests.fuzz import modem_lines, modems
from tests.fuzz.talks import TALKS, Talk


class Parrot:
    """A parser that understands everything as it is, but for what a test spoils."""

    def __init__(self):
        self.kept = b""

    def hear(self, data: bytes) -> list[bytes]:
        return [data]


def is_sane(event: bytes) -> bool:
    return event != b"odd"


def talk_of(parser: type) -> Talk:
    last = b"OK"
    known = b"\r\n" * 10 + last
    return Talk(parser, parser.hear, (b"line", b"\0\1"), (), bytes, 10, last, known, is_sane)


class Fragile(Parrot):
    def hear(self, data):
        if b"\0" in data:
            raise IndexError("no such field")
        return [data]


class Hoarder(Parrot):
    def hear(self, data):
        self.kept += data
        return [data]


class Babbler(Parrot):
    def hear(self, data):
        return [data] * (len(data) + 1)


class Dreamer(Parrot):
    def hear(self, data):
        return [b"odd"]


class Deaf(Parrot):
    def hear(self, data):
        return []


@pytest.mark.parametrize("name", TALKS)
def test_every_parser_survives_broken_lines(name):
    told = modems.run(name, TALKS[name], 3_000, 1)
    assert told.findings == []
    assert told.lines == 3_000
    assert told.events > 1_000


@pytest.mark.parametrize("name", TALKS)
def test_every_parser_understands_what_is_not_broken(name):
    talk = TALKS[name]
    heard = modems.hear(talk, list(talk.lines))
    assert heard.events >= len(talk.lines) // 2
    assert heard.wrong == ""


def test_a_checksum_that_is_right_stays_as_it_is_and_a_wrong_one_is_mended():
    wrong = [line for line in modem_lines.BEIDOU if TALKS["beidou"].mended(line) != line]
    assert [line[:16] for line in wrong] == [b"$CCTXA,0123456,1"]
    assert TALKS["beidou"].mended(wrong[0]).endswith(b"*2A\r\n")
    assert all(TALKS["sbd"].mended(line) == line for line in modem_lines.SBD)
    assert TALKS["sbd"].mended(b"\0\1hello??") == b"\0\5hello\2\x14"


def test_a_parser_without_fault_is_found_without_one():
    assert modems.run("parrot", talk_of(Parrot), 1_000, 1).findings == []


@pytest.mark.parametrize(
    ("parser", "wrong"),
    [
        (Fragile, "raised IndexError('no such field')"),
        (Hoarder, "held "),
        (Babbler, " events of "),
        (Dreamer, "made b'odd'"),
        (Deaf, "made [] of the line behind"),
    ],
)
def test_a_fault_is_told_with_the_story_that_shows_it_again(parser, wrong):
    talk = talk_of(parser)
    finding = modems.run("one", talk, 1_000, 7).findings[0]
    assert wrong in finding
    assert "seed 7, --story one " in finding
    story = modems.read(finding.split()[-1])
    assert wrong in modems.hear(talk, story).wrong


def test_a_seed_brings_the_same_story_and_it_can_be_written_down():
    def story(seed):
        return modems.made(random.Random(seed), TALKS["sbd"], 50)

    assert story(3) == story(3) != story(4)
    assert modems.read(modems.written(story(3))) == story(3)


def test_the_command_ends_with_a_line_of_json_and_plays_a_story():
    command = [sys.executable, "-m", "tests.fuzz.modems"]
    done = subprocess.run([*command, "200", "1"], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.splitlines()[-1].startswith(
        b'{"seed": 1, "parsers": {"sbd": {"lines": 200,'
    )
    story = [*command, "--story", "sbd", "!0,0005,68656c6c6f0214"]
    done = subprocess.run(story, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout == b"Heard(events=1, most_held=2, wrong='')\n"
