"""`make vectors`: write protocol/vectors.json anew."""

import json
from pathlib import Path

from tests.vectors import (
    county,
    edges,
    in_pieces,
    refused_bodies,
    refused_frames,
    refused_proofs,
    roads,
    taken_frames,
    values,
)
from tests.vectors.vector import Vector

FILE = Path(__file__).parents[2] / "protocol/vectors.json"
_ABOUT = (
    "Bytes, verdicts and meanings. Written by `make vectors`, one vector a line; "
    "protocol/README.md says how to read it."
)


def all_vectors() -> list[Vector]:
    parts = (taken_frames, edges, refused_frames, refused_proofs, refused_bodies)
    parts += (roads, in_pieces, values)
    return [vector for part in parts for vector in part.vectors()]


def text() -> str:
    """Return the whole file: its head in two lines, then a line for each vector."""
    lines = ",\n".join(vector.line() for vector in all_vectors())
    head = json.dumps(county.head(), ensure_ascii=False)
    about = json.dumps(_ABOUT, ensure_ascii=False)
    return f'{{"about": {about},\n"head": {head},\n"vectors": [\n{lines}\n]}}\n'


def main() -> None:
    FILE.write_text(text(), encoding="utf-8")
    told = [vector.verdict for vector in all_vectors()]
    refusals = len(told) - told.count("accepted")
    print(f"wrote {FILE.name}: {len(told)} vectors, {refusals} of them refusals")


if __name__ == "__main__":
    main()
