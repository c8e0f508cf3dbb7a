"""Code lengths for symbols by how often they are written, the best with none too long.

Package-merge: Larmore and Hirschberg, "A fast algorithm for optimal length-limited Huffman
codes", Journal of the ACM 37 (1990).
"""

from collections.abc import Mapping

from protocol.text.table import LONGEST_CODE


def code_lengths(counts: Mapping[str, int]) -> dict[str, int]:
    """Return {symbol: bits of its code}, 1 to 16, for 2 to 65,536 symbols.

    The same counts give the same lengths, in whatever order they come.
    """
    symbols = sorted(counts, key=lambda symbol: (counts[symbol], symbol))
    lengths = [0] * len(symbols)
    needed = 2 * len(symbols) - 2
    for level in reversed(_levels([counts[symbol] for symbol in symbols])):
        single = sum(level[:needed])
        for place in range(single):
            lengths[place] += 1
        needed = 2 * (needed - single)
    return dict(zip(symbols, lengths))


def _levels(weights: list[int]) -> list[list[bool]]:
    """Return, for each level of packages by rising weight, which of them are single symbols."""
    singles = [(weight, True) for weight in weights]
    levels, level = [], singles
    for _ in range(LONGEST_CODE):
        levels.append([single for _, single in level])
        pairs = zip(level[::2], level[1::2])
        packages = [(one[0] + other[0], False) for one, other in pairs]
        level = sorted(singles + packages)
    return levels
