"""What is written in a language, and how often: general words, a county's phrases, marks.

Words come from packages (sources.py); how often marks and digits stand in an order are our own
figures.  A count is of no unit: only the share of the whole matters.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from host_tools.problems import NOT_FOUND, Problem
from host_tools.text import dawg
from host_tools.text.kazakh import in_arabic_letters

Words = Mapping[str, int]

WHOLE = 1_000_000_000  # characters of general words and phrases together
PHRASES_PERCENT = 30
CAPITALS_PERCENT = 8  # of words, where a language has capitals

# Thousandths of WHOLE.
_LETTER = 0.06  # Latin, each
_HAN_MARKS = {"，": 60, "。": 20, "、": 15, "：": 10, "；": 4, "！": 3, "？": 2, "“": 2, "”": 2}
_HAN_MARKS |= {"（": 2, "）": 2, "《": 0.5, "》": 0.5, "—": 0.5, "…": 0.5, "～": 0.5, "·": 0.2}
_ANY_MARKS = {" ": 2, "\n": 1, "%": 1, "℃": 0.5, ".": 1, "-": 0.5, "/": 0.3, ":": 0.5, ",": 0.5}
_HAN_MARKS |= dict.fromkeys("0123456789", 4)
_ARABIC_MARKS = dict.fromkeys("0123456789", 2)
_ARABIC_MARKS |= {"،": 12, ".": 12, "!": 4, "؟": 1, "؛": 1, ":": 4, "«": 1, "»": 1, "(": 1, ")": 1}
_CYRILLIC_MARKS = dict.fromkeys("0123456789", 2)
_CYRILLIC_MARKS |= {",": 12, ".": 12, "!": 4, "?": 1, ";": 1, ":": 4, "«": 1, "»": 1, "–": 2}

_HAN = re.compile("[一-鿿]+")
_UYGHUR = re.compile("(?![اەوۇۆۈېى])[ئابپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىيە-]{2,}")
_KAZAKH = re.compile("[а-яёәғқңөұүһі-]{2,}")
_LISTED_WORDS = 20_000  # at most: enough to know the letters, stems and endings of a language
_FEWEST_IN_A_CHINESE_TEXT = 50  # times that jieba's authors met a word


class Language(NamedTuple):
    """tag: on the wire; spaced: words are written apart; budget: bytes of its table."""

    tag: int
    name: str
    words: Callable[[Path], Words]
    marks: Mapping[str, float]
    spaced: bool
    capitals: bool
    budget: int
    phrases: str
    written: Callable[[str], str]


def samples(language: Language, general: Words, phrases: Iterable[str]) -> dict[str, int]:
    """Return {what is written: how often}: words and phrases, marks, digits, Latin letters."""
    out: Counter[str] = Counter()
    phrases = dict.fromkeys(map(language.written, phrases), 1)
    _add(out, language, general, WHOLE * (100 - PHRASES_PERCENT) // 100)
    _add(out, language, phrases, WHOLE * PHRASES_PERCENT // 100)
    marks = Counter({chr(code): _LETTER for code in range(0x21, 0x7F)})
    marks.update(_ANY_MARKS)
    marks.update(language.marks)
    for mark, thousandths in marks.items():
        out[mark] += int(thousandths * WHOLE / 1000)
    return dict(out)


def _add(out: Counter[str], language: Language, words: Words, characters: int) -> None:
    """Add words so often that together they have so many characters."""
    whole = sum(count * len(word) for word, count in words.items())
    space = " " if language.spaced else ""
    for word, count in words.items():
        times = count * characters // max(whole, 1) + 1
        capitals = times * CAPITALS_PERCENT // 100 if language.capitals else 0
        out[space + word] += times - capitals
        if capitals:
            out[space + word[0].upper() + word[1:]] += capitals


def chinese(folder: Path) -> Words:
    """Return jieba's words with its counts."""
    lines = (line.split(" ") for line in _read(folder / "jieba/dict.txt").splitlines())
    counts = {word: int(count) for word, count, _ in lines if _HAN.fullmatch(word)}
    return {word: n for word, n in counts.items() if n >= _FEWEST_IN_A_CHINESE_TEXT}


def uyghur(folder: Path) -> Words:
    """Return the words of proverbs by how often they stand there, and Tesseract's once each."""
    proverbs = _read(folder / "maqal/storage/uyghur-maqal-temsilliri.txt")
    spoken = Counter(_UYGHUR.findall(proverbs))
    listed = set(filter(_UYGHUR.fullmatch, _tesseract(folder, "uig")))
    return _mixed(spoken, listed)


def kazakh(folder: Path) -> Words:
    """Return Tesseract's words once each, and more often those of which speech is full."""
    frequent = _read(folder / "qaznltk/special_words/stop_words.txt").split()
    listed = {word.lower() for word in _tesseract(folder, "kaz")}
    return _mixed(dict.fromkeys(frequent, 1), set(filter(_KAZAKH.fullmatch, listed)))


def kazakh_in_arabic_letters(folder: Path) -> Words:
    out: Counter[str] = Counter()
    for word, count in kazakh(folder).items():
        out[in_arabic_letters(word)] += count
    return out


def _mixed(spoken: Words, listed: set[str]) -> Words:
    """Let what is spoken weigh half as much as the words, one in so many, that are listed."""
    few = sorted(listed)[:: len(listed) // _LISTED_WORDS + 1]
    weight = max(1, len(few) // (2 * sum(spoken.values())))
    out = Counter(dict.fromkeys(few, 1))
    for word, count in spoken.items():
        out[word] += count * weight
    return out


def _tesseract(folder: Path, name: str) -> list[str]:
    found = sorted(folder.glob(f"usr/share/tesseract-ocr/*/tessdata/{name}.traineddata"))
    if not found:
        raise _missing(f"{name}.traineddata")
    return list(dawg.words(found[0].read_bytes()))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _missing(path.name) from None


def _missing(name: str) -> Problem:
    return Problem(f"the word lists have no {name}", "delete .tools/text and try again", NOT_FOUND)


def _as_it_is(text: str) -> str:
    return text


LANGUAGES = {
    one.name: one
    for one in (
        Language(1, "zh", chinese, _HAN_MARKS, False, False, 32_000, "zh", _as_it_is),
        Language(2, "ug", uyghur, _ARABIC_MARKS, True, False, 16_000, "ug", _as_it_is),
        Language(
            *(3, "kk-Arab", kazakh_in_arabic_letters, _ARABIC_MARKS),
            *(True, False, 16_000, "kk", in_arabic_letters),
        ),
        Language(4, "kk", kazakh, _CYRILLIC_MARKS, True, True, 16_000, "kk", _as_it_is),
    )
}
