"""The questions that every run is asked, one file each, in the order of the table."""

from typing import NamedTuple

from tests.audit.checks import (
    acks_are_true,
    box_heeds_acks,
    calling_lamp_is_prompt,
    cards_are_not_hurried,
    county_keeps_what_came,
    every_order_ends,
    finished_never_again,
    lamps_say_what_is_so,
    nothing_is_doubled,
    nothing_is_lost,
    nothing_unproven_sounds,
    numbers_are_used_once,
    presses_are_calls,
    refused_is_asked_again,
    sound_is_told,
    terminals_are_told_well,
    the_demo_was_whole,
    told_was_heard,
)
from tests.audit.finding import Finding
from tests.audit.run import Run

# A warning is shown and does not change the verdict.
WARNINGS = (box_heeds_acks,)
TRUTH = (
    nothing_unproven_sounds,
    sound_is_told,
    told_was_heard,
    finished_never_again,
    every_order_ends,
    presses_are_calls,
    lamps_say_what_is_so,
    calling_lamp_is_prompt,
    nothing_is_lost,
    nothing_is_doubled,
    county_keeps_what_came,
    acks_are_true,
    numbers_are_used_once,
    terminals_are_told_well,
    cards_are_not_hurried,
    refused_is_asked_again,
)


class Answer(NamedTuple):
    """What one check found; question is the first line of its file."""

    name: str
    question: str
    finding: Finding
    is_warning: bool

    @property
    def passed(self) -> bool:
        return not self.finding.complaints


def ask(run: Run, demo: bool) -> list[Answer]:
    """Return the answer to every question; demo: also whether the whole script was played."""
    asked = TRUTH + WARNINGS + ((the_demo_was_whole,) if demo else ())
    return [
        Answer(
            check.__name__.rpartition(".")[2],
            str(check.__doc__).splitlines()[0],
            check.check(run),
            check in WARNINGS,
        )
        for check in asked
    ]
