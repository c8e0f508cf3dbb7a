"""Cuts a text into the symbols that cost least together."""

from collections.abc import Mapping


def cut(text: str, costs: Mapping[str, int], longest: int, unknown: int) -> list[str]:
    """Return the pieces, one after the other the text itself, whose costs sum to the least.

    A character that costs does not know costs unknown.  Every way to cut is weighed, by dynamic
    programming: no cut into symbols of at most longest characters is cheaper.
    """
    best, starts = [0], [0]
    for end in range(1, len(text) + 1):
        start = end - 1
        least = best[start] + costs.get(text[start:end], unknown)
        for earlier in range(max(0, end - longest), end - 1):
            cost = costs.get(text[earlier:end])
            if cost is not None and best[earlier] + cost < least:
                least, start = best[earlier] + cost, earlier
        best.append(least)
        starts.append(start)
    return _pieces(text, starts)


def _pieces(text: str, starts: list[int]) -> list[str]:
    pieces, end = [], len(text)
    while end:
        pieces.append(text[starts[end] : end])
        end = starts[end]
    return pieces[::-1]
