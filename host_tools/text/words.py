"""The general words of a language and how often each is written, out of packages (sources.py)."""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from host_tools.problems import NOT_FOUND, Problem
from host_tools.text import dawg
from host_tools.text.kazakh import in_arabic_letters

Words = Mapping[str, int]  # {word: how often}; only the share of the whole matters

_HAN = re.compile("[一-鿿]+")
# A word that begins with a bare vowel is Kazakh: Uyghur puts a hamza before it.
_UYGHUR = re.compile("(?![اەوۇۆۈېى])[ئابپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىيە-]{2,}")
_KAZAKH = re.compile("[а-яёәғқңөұүһі-]{2,}")
_LISTED_WORDS = 20_000  # at most: enough to know the letters, stems and endings of a language
_FEWEST_IN_A_CHINESE_TEXT = 50  # times that jieba's authors met a word


def chinese(folder: Path) -> Words:
    """Return jieba's words with its counts."""
    lines = (line.split(" ") for line in _read(folder / "jieba/dict.txt").splitlines())
    counts = {word: int(count) for word, count, _ in lines if _HAN.fullmatch(word)}
    return {word: n for word, n in counts.items() if n >= _FEWEST_IN_A_CHINESE_TEXT}


def uyghur(folder: Path) -> Words:
    """Return the words of proverbs by how often they stand there, and Tesseract's once each."""
    proverbs = _read(folder / "maqal/storage/uyghur-maqal-temsilliri.txt")
    listed = filter(_UYGHUR.fullmatch, _tesseract(folder, "uig"))
    return _mixed(Counter(_UYGHUR.findall(proverbs)), set(listed))


def kazakh(folder: Path) -> Words:
    """Return Tesseract's words once each, and more often those of which speech is full."""
    frequent = _read(folder / "qaznltk/special_words/stop_words.txt").split()
    listed = {word.lower() for word in _tesseract(folder, "kaz")}
    return _mixed(dict.fromkeys(frequent, 1), set(filter(_KAZAKH.fullmatch, listed)))


def kazakh_in_arabic_letters(folder: Path) -> Words:
    """Return the same words written over; two that look alike then are one."""
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
