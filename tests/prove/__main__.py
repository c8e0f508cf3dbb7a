"""`make prove`: planted faults, then the real thing; last, one line of JSON; 1 if it failed."""

import argparse
import json
import sys
import time
from pathlib import Path

from tests.prove.explore import Explorer, Found
from tests.prove.faults import faults
from tests.prove.scenes import SCENES
from tests.prove.script import script
from tests.prove.shorten import shortened

USUAL_FOLDER = Path(__file__).parents[2] / "build" / "prove"
MOST_STATES = 20_000  # of a scene: one that has more is too wide, and that is an error


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.prove", description=__doc__)
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help=", ".join(SCENES))
    parser.add_argument("--keep", type=Path, default=USUAL_FOLDER, help="where scripts go")
    asked = parser.parse_args()
    unknown = set(asked.scenes) - set(SCENES)
    if unknown:
        parser.error(f"there is no scene {', '.join(sorted(unknown))}")
    asked.keep.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    names = asked.scenes or list(SCENES)
    caught, missed = _caught(asked.keep, names)
    found = [_explored(name, asked.keep) for name in names]
    violations = sum(one.story is not None for one in found)
    whole = all(one.whole for one in found if one.story is None)
    told = {
        "states": sum(one.states for one in found),
        "transitions": sum(one.transitions for one in found),
        "depth": max(one.depth for one in found),
        "violations": violations,
        "planted_caught": caught,
        "planted_missed": missed,
        "whole": whole,
        "seconds": round(time.monotonic() - began),
    }
    print(json.dumps(told))
    return 1 if violations or missed or not whole else 0


def _caught(folder: Path, names: list[str]) -> tuple[int, list[str]]:
    """Return how many of the faults planted in these scenes were found, and the others' names."""
    caught, missed = 0, []
    for fault in faults():
        if fault.scene not in names:
            continue
        with fault.planted:
            found = _explored(fault.scene, folder, fault.name)
        if found.story is None:
            missed.append(fault.name)
        else:
            caught += 1
    return caught, missed


def _explored(name: str, folder: Path, planted: str = "") -> Found:
    """Explore a scene; tell of it, and of the story that broke a promise, if there is one."""
    explorer = Explorer(SCENES[name], MOST_STATES, lambda *counts: _say(name, *counts))
    try:
        found = explorer.explore()
        if found.story is not None:
            found = _explained(explorer, found, folder / f"{planted or name}.play")
    finally:
        explorer.close()
    title = f"planted {planted}" if planted else f"{name} {SCENES[name].said()}"
    whole = "" if found.whole or found.story else ", NOT ALL OF THEM"
    print(
        f"{title}: {found.states} states{whole}, {found.transitions} transitions, "
        f"depth {found.depth}: {found.why or 'no promise broken'}",
        flush=True,
    )
    if found.story is not None and not planted:
        print("\n".join(f"    {deed}" for deed in found.story), flush=True)
    return found


def _explained(explorer: Explorer, found: Found, path: Path) -> Found:
    """Return it with a story as short as goes, written as a fault script as well."""
    story = shortened(found.story or [], explorer.why)
    why = explorer.why(story)
    with explorer.life() as life:
        path.write_text(script(why, story, life), encoding="utf-8")
    print(f"make demo PLAY={path}", flush=True)
    return found._replace(story=story, why=why)


def _say(name: str, states: int, transitions: int) -> None:
    print(f"{name}: {states} states, {transitions} transitions so far", flush=True)


if __name__ == "__main__":
    sys.exit(main())
