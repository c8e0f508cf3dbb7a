"""What came of a run, beside the same posts over a road without trouble."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.chaos.judge import Verdict
from tests.chaos.link import Trouble
from tests.chaos.log import LoggedOutbox
from tests.chaos.run import Conditions, play


def chaos(
    conditions: Conditions, folder: Path, outbox: type[LoggedOutbox] = LoggedOutbox,
    progress: Callable[[str], None] = lambda line: None,
) -> tuple[dict[str, Any], list[str]]:  # fmt: skip
    """Return (what the last line of `make chaos` tells, complaints); folder keeps both runs."""
    ideal = play(
        conditions._replace(trouble=Trouble(), restarts=0), _made(folder / "ideal"),
        progress=lambda line: progress(f"perfect road: {line}"),
    )  # fmt: skip
    troubled = _made(folder / "troubled")
    played = play(conditions, troubled, outbox, progress)
    verdict = Verdict(troubled)
    told = {
        "seed": conditions.seed,
        "messages": conditions.messages,
        "lost": verdict.lost,
        "duplicated": verdict.duplicated,
        "copies": verdict.copies,
        "restarts": played.restarts,
        "expired": verdict.expired,
        "ideal_time_ratio": round(played.seconds / ideal.seconds, 2),
        "kept": verdict.kept,
        "stored": verdict.stored,
        "superseded": verdict.superseded,
        "told_expired": verdict.told,
        "expired_yet_arrived": verdict.yet_arrived,
        "unanswered_copies": verdict.unanswered,
    }
    return told, list(verdict.complaints())


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
