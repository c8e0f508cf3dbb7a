"""What is particular to each language that has a table: its words, marks and room in flash.

How often marks and digits stand in an order is our own estimate, in thousandths of all characters.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from host_tools.text import words
from host_tools.text.kazakh import in_arabic_letters
from host_tools.text.words import Words

_DIGITS = "0123456789"
_LATIN = dict.fromkeys(map(chr, range(0x21, 0x7F)), 0.06)
_ANYWHERE = {" ": 2, "\n": 1, "%": 1, "℃": 0.5, "/": 0.3, ".": 1, "-": 0.5, ":": 0.5, ",": 0.5}
_COMMON = {**_LATIN, **_ANYWHERE}
_SPACED = {**_COMMON, ".": 13, "!": 4, ":": 4, "«": 1, "»": 1, "(": 1, ")": 1}

HAN_MARKS = {
    **_COMMON,
    **dict.fromkeys(_DIGITS, 4),
    "，": 60,
    "。": 20,
    "、": 15,
    "：": 10,
    "；": 4,
    "！": 3,
    "？": 2,
    "“": 2,
    "”": 2,
    "（": 2,
    "）": 2,
    "《": 0.5,
    "》": 0.5,
    "—": 0.5,
    "…": 0.5,
    "～": 0.5,
}
ARABIC_MARKS = {**_SPACED, **dict.fromkeys(_DIGITS, 2), "،": 12, "؟": 1, "؛": 1}
CYRILLIC_MARKS = {**_SPACED, **dict.fromkeys(_DIGITS, 2), ",": 12, "?": 1, ";": 1, "–": 2}


def _as_it_is(text: str) -> str:
    return text


class Language(NamedTuple):
    """What a table is built from; words takes the folder of the sources."""

    name: str  # BCP 47
    tag: int  # on the wire
    words: Callable[[Path], Words]
    marks: Mapping[str, float]
    phrases: str  # name of the phrase file
    budget: int  # bytes of flash
    spaced: bool = True
    capitals: bool = False
    written: Callable[[str], str] = _as_it_is  # how a line of the phrase file is written


CHINESE = Language("zh", 1, words.chinese, HAN_MARKS, "zh", 32_000, spaced=False)
UYGHUR = Language("ug", 2, words.uyghur, ARABIC_MARKS, "ug", 16_000)
KAZAKH_IN_ARABIC_LETTERS = Language(
    "kk-Arab",
    3,
    words.kazakh_in_arabic_letters,
    ARABIC_MARKS,
    "kk",
    16_000,
    written=in_arabic_letters,
)
KAZAKH = Language("kk", 4, words.kazakh, CYRILLIC_MARKS, "kk", 16_000, capitals=True)

LANGUAGES = {one.name: one for one in (CHINESE, UYGHUR, KAZAKH_IN_ARABIC_LETTERS, KAZAKH)}
