"""What is written in a county, and how often: general words, its phrases, marks."""

from collections import Counter
from collections.abc import Iterable

from host_tools.text.languages import Language
from host_tools.text.words import Words

Samples = dict[str, int]  # {what is written: how often}

_WHOLE = 1_000_000_000  # characters of general words and phrases together
_PHRASES_PERCENT = 30
_CAPITALS_PERCENT = 8  # of words, where a language has capitals


def of(language: Language, general: Words, phrases: Iterable[str]) -> Samples:
    """Return words and phrases, with a space before them if the language has it, and marks."""
    own = dict.fromkeys(map(language.written, phrases), 1)
    out: Counter[str] = Counter()
    _add(out, language, general, 100 - _PHRASES_PERCENT)
    _add(out, language, own, _PHRASES_PERCENT)
    for mark, thousandths in language.marks.items():
        out[mark] += int(thousandths * _WHOLE / 1000)
    return dict(out)


def _add(out: Counter[str], language: Language, words: Words, percent: int) -> None:
    """Add words so often that together they make up this much of the whole."""
    characters = sum(count * len(word) for word, count in words.items())
    space = " " if language.spaced else ""
    for word, count in words.items():
        times = count * _WHOLE * percent // 100 // characters + 1
        capital = times * _CAPITALS_PERCENT // 100 if language.capitals else 0
        out[space + word] += times - capital
        if capital:
            out[space + word[0].upper() + word[1:]] += capital
