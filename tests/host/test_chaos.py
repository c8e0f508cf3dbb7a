"""A small `make chaos`, and that its judge sees what it looks for."""

import asyncio

import pytest

from host_tools.gateway.intake import Intake
from host_tools.gateway.keeping import Batch
from host_tools.gateway.writer import Writer
from tests.chaos import county, mix
from tests.chaos.judge import Verdict
from tests.chaos.link import Trouble
from tests.chaos.log import LoggedOutbox
from tests.chaos.outcome import chaos
from tests.chaos.process import REFUSED
from tests.chaos.run import Conditions, play

BAD = Trouble(loss=30, dup=20, reorder=50)
SHORT = Conditions(seed=1, messages=200, trouble=BAD, restarts=4)
NEW_NUMBERS = 1 << 20  # added to a SEQ


@pytest.mark.parametrize("seed", [1, 20261126])
def test_a_bad_road_and_restarts_lose_nothing_and_double_nothing(tmp_path, seed):
    verdict = judged(tmp_path, seed=seed)
    assert list(verdict.complaints()) == []
    assert verdict.copies > 100
    assert verdict.kept == verdict.stored + verdict.superseded > 200


def test_the_last_line_has_what_was_asked_for(tmp_path):
    told, complaints = chaos(SHORT._replace(messages=20, restarts=2), tmp_path)
    assert complaints == []
    assert (told["seed"], told["messages"]) == (1, 20)
    assert (told["lost"], told["duplicated"], told["expired"], told["restarts"]) == (0, 0, 0, 2)
    assert told["ideal_time_ratio"] > 1


def test_what_expires_in_a_flood_is_counted_and_told(tmp_path, monkeypatch):
    told = flooded(tmp_path, monkeypatch, LoggedOutbox)
    assert list(told.complaints()) == []
    assert told.expired > 10


def test_a_seed_brings_the_same_trouble(tmp_path):
    stories = []
    for name in ("once", "again"):
        (tmp_path / name).mkdir()
        play(SHORT._replace(messages=20, restarts=2), tmp_path / name)
        stories.append((tmp_path / name / "log.jsonl").read_text())
    assert stories[0] == stories[1]


def judged(folder, outbox=LoggedOutbox, **changes):
    """Return the Verdict on a short run."""
    play(SHORT._replace(**changes), folder, outbox)
    return Verdict(folder)


def flooded(folder, monkeypatch, outbox):
    monkeypatch.setattr(mix, "A_FLOOD_IN", 1)
    return judged(folder, outbox, messages=mix.USUAL + mix.FLOOD, restarts=2)


def test_a_slip_that_is_deleted_once_sent_is_seen(tmp_path):
    class Trusting(LoggedOutbox):
        def hand_over(self, slip):
            handed = super().hand_over(slip)
            loop = asyncio.get_running_loop()
            loop.call_later(0.1, self.acknowledged, slip.epoch, [slip.seq])
            return handed

    verdict = judged(tmp_path, Trusting, messages=40, restarts=0)
    assert verdict.lost > 0
    assert any("not in the county's table" in line for line in verdict.complaints())


def test_a_county_that_acknowledges_before_it_has_committed_is_seen(tmp_path, monkeypatch):
    written = Writer._written

    def hasty(self, *arguments):
        answers = written(self, *arguments)
        self._committed(answers)
        return answers

    monkeypatch.setattr(Writer, "_written", hasty)
    monkeypatch.setattr(county, "DOOMS", (REFUSED,))
    verdict = judged(tmp_path, messages=100, restarts=20)
    assert verdict.unfounded > 0
    assert any("not in the table" in line for line in verdict.complaints())


def test_a_county_that_keeps_a_copy_as_another_message_is_seen(tmp_path, monkeypatch):
    keep = Batch.keep

    def doubly(self, arrival, genuine, whole, digest, fields):
        kept = keep(self, arrival, genuine, whole, digest, fields)
        seq = genuine.header.seq + NEW_NUMBERS
        again = genuine._replace(header=genuine.header._replace(seq=seq))
        keep(self, arrival, again, whole, digest[::-1], fields)
        return kept

    monkeypatch.setattr(Batch, "keep", doubly)
    verdict = judged(tmp_path, messages=40, restarts=0)
    assert verdict.duplicated > 0


def test_a_county_that_is_silent_about_what_it_knows_is_seen(tmp_path, monkeypatch):
    take = Intake._take_frame

    def silent(self, batch, arrival, data):
        before = batch.connection.exec_driver_sql("SELECT count(*) FROM messages").scalar()
        answers = take(self, batch, arrival, data)
        after = batch.connection.exec_driver_sql("SELECT count(*) FROM messages").scalar()
        return answers if after > before else []

    monkeypatch.setattr(Intake, "_take_frame", silent)
    verdict = judged(tmp_path, messages=5, restarts=0, trouble=Trouble(dup=100, reorder=100))
    assert verdict.unanswered > 0


def test_what_expires_and_is_not_counted_is_seen(tmp_path, monkeypatch):
    class Forgetful(LoggedOutbox):
        expired = property(lambda self: 0, lambda self, count: None)

    verdict = flooded(tmp_path, monkeypatch, Forgetful)
    assert (verdict.told, verdict.lost) == (0, 0)
    assert any("the Box told of 0" in line for line in verdict.complaints())
