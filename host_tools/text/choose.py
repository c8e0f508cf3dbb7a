"""Chooses the symbols that are worth their place in flash, and counts how often each is written.

All in whole numbers and in a fixed order: the same samples give the same symbols everywhere.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from host_tools.text.pack import ESCAPE, unit_bytes
from host_tools.text.parse import cut
from host_tools.text.samples import Samples

SIXTEENTHS = 16  # costs are counted in sixteenths of a bit
_ESCAPED_BITS = 17
_ROUNDS = 6
_LAST_ROUNDS = 2
_HEAD_AND_ROWS = 16 + 6 * 130  # bytes of a table before its alphabet, at most
_FEWEST = 1  # times that a symbol is counted at least


def chosen(
    samples: Samples,
    candidates: Iterable[str],
    budget: int,
    say: Callable[[str], None] = lambda words: None,
) -> dict[str, int]:
    """Return {symbol: how often it is written}, the escape among them, within budget bytes.

    Begins with every candidate and every character; each round cuts the samples at the least
    cost, counts again, and lets go of the symbols that save least for the room they take.
    """
    characters = {character for sample in samples for character in sample}
    width = unit_bytes(len(characters))
    alphabet = 2 * len(characters) if width == 1 else 0
    room = (budget - _HEAD_AND_ROWS - alphabet) // width
    counts = _first_counts(samples, characters | set(candidates))
    for number in range(_ROUNDS):
        counts = _counted(samples, counts)
        counts = _best(counts, room + room * (_ROUNDS - 1 - number))
        say(f"round {number + 1}: {len(counts):,} symbols")
    for _ in range(_LAST_ROUNDS):
        counts = _counted(samples, counts)
    return counts


def costs_of(counts: Mapping[str, int]) -> dict[str, int]:
    """Return what each symbol costs in sixteenths of a bit, if a code could be that exact."""
    total = sum(counts.values())
    return {symbol: _sixteenths(total, count) for symbol, count in counts.items()}


def _sixteenths(total: int, count: int) -> int:
    """Return 16 times the binary logarithm of total / count, rounded down, by whole numbers."""
    ratio = (total << 16) // max(count, _FEWEST)
    return max(1, (ratio**SIXTEENTHS).bit_length() - 1 - 16 * SIXTEENTHS)


def _first_counts(samples: Samples, symbols: set[str]) -> dict[str, int]:
    """Count each symbol wherever it stands in a sample, overlapping or not."""
    longest = max(map(len, symbols))
    counts: Counter[str] = Counter()
    for sample, times in samples.items():
        for start in range(len(sample)):
            for end in range(start + 1, min(start + longest, len(sample)) + 1):
                if sample[start:end] in symbols:
                    counts[sample[start:end]] += times
    return {ESCAPE: _FEWEST, **counts}


def _counted(samples: Samples, counts: Mapping[str, int]) -> dict[str, int]:
    """Cut every sample at the least cost; return how often each symbol was written."""
    costs = costs_of(counts)
    longest = max(map(len, counts))
    unknown = costs[ESCAPE] + _ESCAPED_BITS * SIXTEENTHS
    written: Counter[str] = Counter()
    for sample, times in samples.items():
        for piece in cut(sample, costs, longest, unknown):
            written[piece if piece in costs else ESCAPE] += times
    return {ESCAPE: max(written[ESCAPE], _FEWEST), **written}


def _best(counts: Mapping[str, int], room: int) -> dict[str, int]:
    """Keep the symbols that save most bits for each unit of room, as many as it takes."""
    costs = costs_of(counts)
    longest = max(map(len, counts))
    unknown = costs[ESCAPE] + _ESCAPED_BITS * SIXTEENTHS
    kept = {ESCAPE: counts[ESCAPE]}

    def saved_a_unit(symbol: str) -> tuple[int, str]:
        own = costs.pop(symbol)
        otherwise = cut(symbol, costs, longest, unknown)
        cost = sum(costs.get(piece, unknown) for piece in otherwise)
        costs[symbol] = own
        return -(counts[symbol] * (cost - own) // len(symbol)), symbol

    for worth, symbol in sorted(saved_a_unit(one) for one in counts if one != ESCAPE):
        if len(symbol) <= room and worth < 0:
            kept[symbol] = counts[symbol]
            room -= len(symbol)
        else:
            kept[ESCAPE] += counts[symbol] if len(symbol) == 1 else 0
    return kept
