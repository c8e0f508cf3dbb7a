"""A fault script is read as a whole, and a wrong line is named before anything starts."""

import pytest

from host_tools import cli
from host_tools.demo import lines
from host_tools.demo.lines import Line
from host_tools.demo.player import Player
from host_tools.problems import MISMATCH, NOT_FOUND, Problem


def test_every_deed_is_read():
    text = """
        # a call in the dark
        cut ip      # the network
        cut sbd
        press 1
        wait 2.5
        kill box
        order danger
        cancel
        forge
        duplicate on
        mend ip
        kill gateway
        quiet
    """
    assert [str(line) for line in lines.parse(text)] == [
        "cut ip", "cut sbd", "press 1", "wait 2.5", "kill box", "order danger", "cancel", "forge",
        "duplicate on", "mend ip", "kill gateway", "quiet",
    ]  # fmt: skip


def test_a_script_may_say_nothing():
    assert lines.parse("\n# only words\n") == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("dance", "nobody can dance"),
        ("press 3", "press 3"),
        ("press", "press"),
        ("cut", "cut"),
        ("cut beidou", "cut beidou"),
        ("order loudly", "order loudly"),
        ("quiet please", "quiet please"),
        ("wait", "nothing is no time"),
        ("wait -1", "-1 is no time"),
        ("wait 1e9", "1e9 is no time"),
        ("wait .", ". is no time"),
        ("wait 99999", "too long"),
    ],
)
def test_the_first_wrong_line_is_named(line, said):
    with pytest.raises(Problem) as wrong:
        lines.parse(f"press 1\n{line}\n")
    assert wrong.value.cause.startswith("line 2: ")
    assert said in wrong.value.cause
    assert wrong.value.exit_code == MISMATCH


def test_a_script_has_an_end():
    with pytest.raises(Problem):
        lines.parse("quiet\n" * (lines.MOST_LINES + 1))


def test_whoever_plays_knows_every_word():
    for deed in lines.WORDS:
        assert callable(getattr(Player, f"_line_{deed}"))


def test_a_script_that_is_not_there_is_one_sentence(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["demo", "--play", str(tmp_path / "none.play")])
    assert ended.value.code == NOT_FOUND
    assert "cannot be read" in capsys.readouterr().err


def test_a_time_is_a_line_as_well():
    assert lines.parse("wait 3") == [Line("wait", "3")]
