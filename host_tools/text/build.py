"""From words and a county's phrases to the table of a language, the same bytes each time."""

from collections import Counter
from collections.abc import Callable, Iterable

from host_tools.problems import MISMATCH, NOT_FOUND, Problem
from host_tools.text import choose, huffman, pack, samples
from host_tools.text.languages import LANGUAGES, Language
from host_tools.text.words import Words
from protocol.text.table import MOST_BYTES, MOST_UNITS

_LEAST_BUDGET = 1000  # bytes
_LONGEST_PART_OF_A_WORD = 8  # characters
_MOST_PARTS = 12_000


def built(
    language: Language,
    general: Words,
    phrases: Iterable[str],
    generation: int,
    budget: int | None = None,
    say: Callable[[str], None] = lambda words: None,
) -> bytes:
    """Return the table of a language; general is {word: count}; budget is bytes of flash.

    Raises Problem where the budget or the generation is none that a table can have.
    """
    room = language.budget if budget is None else budget
    if not _LEAST_BUDGET <= room <= MOST_BYTES:
        cause = f"a table cannot have {room:,} bytes"
        raise Problem(cause, f"give {_LEAST_BUDGET:,} to {MOST_BYTES:,}", MISMATCH)
    if not 0 <= generation <= 15:
        raise Problem(f"there is no generation {generation}", "give 0 to 15", MISMATCH)
    phrases = list(phrases)
    weighed = samples.of(language, general, phrases)
    whole = samples.of(language, {}, phrases) if language.spaced else weighed
    candidates = [sample for sample in whole if len(sample) <= MOST_UNITS]
    if language.spaced:
        candidates += _parts(weighed)
    counts = choose.chosen(weighed, candidates, room, say)
    try:
        return pack.packed(huffman.code_lengths(counts), language.tag, generation)
    except ValueError as why:
        raise Problem(f"no table came of it: {why}", "give it more words", MISMATCH) from None


def find(name: str) -> Language:
    """Return a language by its code, or raise Problem with those there are."""
    if name not in LANGUAGES:
        raise Problem(f"no language {name}", f"there are {', '.join(LANGUAGES)}", NOT_FOUND)
    return LANGUAGES[name]


def _parts(weighed: samples.Samples) -> list[str]:
    """Return the parts of words that most characters are written with: stems and endings."""
    counts: Counter[str] = Counter()
    for word, times in weighed.items():
        for start in range(len(word)):
            for end in range(start + 2, min(start + _LONGEST_PART_OF_A_WORD, len(word)) + 1):
                counts[word[start:end]] += times
    by_worth = sorted(counts, key=lambda part: (-counts[part] * (len(part) - 1), part))
    return by_worth[:_MOST_PARTS]
