"""BeiDou terminals are told true sentences, and the Box gives its own nothing but its frames."""

from collections import defaultdict

from tests.audit import sentences, wire
from tests.audit.finding import Finding
from tests.audit.run import Run
from tests.audit.sentences import BOX, COUNTY, MOST_BYTES, Asking
from tests.audit.words import Unreadable


def check(run: Run) -> Finding:
    log = run.evidence.beidou
    told = [(name, line) for name in (BOX, COUNTY) for line in sentences.lines(log, name, ">")]
    untrue = [
        f"at {run.clock(line.t)} the {name} told its terminal what is no sentence"
        for name, line in told
        if not line.fields
    ]
    return Finding(untrue + _strange(run, sentences.askings(log, BOX)), f"{len(told)} sentences")


def _strange(run: Run, askings: list[Asking]) -> list[str]:
    own, begun = _own(run), _begun(run, askings)
    county = sentences.number(run.evidence.settings["board"].get("beidou", {}).get("county", ""))
    return [
        f"at {run.clock(one.t)} the Box's terminal was to send {one.payload.hex() or 'nothing'}"
        f" to {one.to}"
        for one in askings
        if one.to != county
        or not 0 < len(one.payload) <= MOST_BYTES
        or not own | begun >= set(_heads(run, one))
    ]


def _heads(run: Run, asking: Asking) -> list[bytes]:
    """Return the headers of all that a message holds; of what is no frame an empty one."""
    heads = wire.heads(asking.payload, run.evidence.keys.address)
    return heads if len(heads) == len(wire.members(asking.payload)) and heads else [b""]


def _own(run: Run) -> set[bytes]:
    """Return the headers of the frames that this Box's keys sealed."""
    return {one.frame.head for one in run.sightings if one.epoch is not None}


def _begun(run: Run, askings: list[Asking]) -> set[bytes]:
    """Return the headers of the frames of which too few pieces went to open them."""
    lacking: dict[bytes, int] = {}
    indexes = defaultdict(set)
    for one in askings:
        try:
            piece = wire.read_piece(one.payload, run.evidence.keys.address)
        except Unreadable:
            continue
        indexes[piece.head].add(piece.index)
        lacking[piece.head] = piece.k - len(indexes[piece.head])
    return {head for head, count in lacking.items() if count > 0}
