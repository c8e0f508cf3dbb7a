"""`make fuzz-modems N=1000000 SEED=1`: broken modem lines through every parser, N through each.

A parser may raise nothing, keep no more than its bound, make no more events than it had bytes,
and whatever it heard, it must understand the line behind.  What it did wrong is printed with
all it had heard; `--story NAME STORY` plays that again.  Last: one line of JSON; 1 if it failed.
"""

import argparse
import json
import random
import sys
from typing import NamedTuple

from tests.fuzz.mutation import broken
from tests.fuzz.progress import Progress
from tests.fuzz.talks import TALKS, Talk

_LINES = 50  # of a story: then a new parser hears another
_BROKEN_PART, _MENDED_PART, _EXPECTED_PART = 0.8, 0.4, 0.3
_CHUNKS = (1, 2, 7, 16, 64, 512)
_MOST_FINDINGS = 5

Step = bytes | int  # what is fed, or the number of what is announced
Story = list[Step]


class Heard(NamedTuple):
    """What came of one story; wrong: "" if nothing was."""

    events: int
    most_held: int
    wrong: str


class Told(NamedTuple):
    """What came of all stories of a parser; findings: sentences with the stories in them."""

    lines: int
    events: int
    most_held: int
    seconds: int
    findings: list[str]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.modems", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1_000_000, help="lines a parser")
    parser.add_argument("seed", type=int, nargs="?", default=1, help="brings the same lines again")
    parser.add_argument("--story", nargs=2, metavar=("NAME", "STORY"), help="play this alone")
    asked = parser.parse_args()
    if asked.story:
        heard = hear(TALKS[asked.story[0]], read(asked.story[1]))
        print(heard)
        return 1 if heard.wrong else 0
    told = {name: run(name, talk, asked.count, asked.seed) for name, talk in TALKS.items()}
    findings = [finding for one in told.values() for finding in one.findings]
    print(*findings, sep="\n", end="\n" if findings else "")
    parsers = {name: _counted(one) for name, one in told.items()}
    print(json.dumps({"seed": asked.seed, "parsers": parsers, "ok": not findings}))
    return 1 if findings else 0


def _counted(told: Told) -> dict[str, int]:
    return told._asdict() | {"findings": len(told.findings)}


def run(name: str, talk: Talk, count: int, seed: int) -> Told:
    """Let parsers hear `count` lines of this seed; it ends early after a few findings."""
    print(name, flush=True)
    dice, progress = random.Random(f"{name} {seed}"), Progress(count)
    lines = events = most_held = 0
    findings: list[str] = []
    while lines < count and len(findings) < _MOST_FINDINGS:
        told = made(dice, talk, min(_LINES, count - lines))
        heard = hear(talk, told)
        if heard.wrong:
            findings.append(f"{name}: {heard.wrong}: seed {seed}, --story {name} {written(told)}")
        lines += _LINES
        events += heard.events
        most_held = max(most_held, heard.most_held)
        progress(lines)
    return Told(min(lines, count), events, most_held, round(progress.seconds()), findings)


def made(dice: random.Random, talk: Talk, lines: int) -> Story:
    """Return a story of so many lines, most of them broken, in chunks of any size."""
    story: Story = []
    for _ in range(lines):
        line = dice.choice(talk.lines)
        if dice.random() < _BROKEN_PART:
            line = broken(dice, line, dice.choice(talk.lines))
        if dice.random() < _MENDED_PART:
            line = talk.mended(line)
        if talk.expect and dice.random() < _EXPECTED_PART:
            story.append(dice.randrange(len(talk.expect)))
        size = dice.choice(_CHUNKS)
        story += [line[at : at + size] for at in range(0, len(line), size)]
    return story


def hear(talk: Talk, story: Story) -> Heard:
    """Let a new parser hear a story and, behind it, the line that it must understand."""
    parser, fed, events, most_held = talk.make(), 0, 0, 0
    try:
        for step in story:
            if isinstance(step, int):
                talk.expect[step](parser)
                continue
            fed += len(step)
            found = talk.feed(parser, step)
            events += len(found)
            most_held = max(most_held, held(parser))
            odd = [event for event in found if not talk.is_sane(event)]
            if odd:
                return Heard(events, most_held, f"made {odd[0]}")
        last = talk.feed(parser, b"\r\n" * talk.most_held + talk.last)[-1:]
    except Exception as why:  # noqa: BLE001 - whatever is raised is what we look for
        return Heard(events, most_held, f"raised {why!r}")
    if most_held > talk.most_held:
        return Heard(events, most_held, f"held {most_held} bytes")
    if events > fed:
        return Heard(events, most_held, f"made {events} events of {fed} bytes")
    wrong = "" if last == [talk.known] else f"made {last} of the line behind"
    return Heard(events, most_held, wrong)


def held(parser: object) -> int:
    """Return how many bytes a parser keeps, or other things, wherever it keeps them."""
    kept = vars(parser).values()
    return sum(len(value) for value in kept if isinstance(value, bytes | bytearray | list | tuple))


def written(story: Story) -> str:
    """Return a story in one word: `!0` announces something, the rest is hexadecimal."""
    return ",".join(f"!{step}" if isinstance(step, int) else step.hex() for step in story)


def read(story: str) -> Story:
    steps = story.split(",")
    return [int(step[1:]) if step[:1] == "!" else bytes.fromhex(step) for step in steps]


if __name__ == "__main__":
    sys.exit(main())
