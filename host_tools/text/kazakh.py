"""Kazakh from Cyrillic letters into the Arabic ones that are written in Xinjiang (töte jazu).

No package has a list of such words.  The spelling follows from the Cyrillic one: a word with
front vowels begins with a high hamza, unless a letter shows it anyway.
"""

_HAMZA = "\u0674"
_FRONT_VOWELS = frozenset("әөүі")
_SHOW_IT_ANYWAY = frozenset("кге")

_LETTERS = {
    **dict(zip("абвгғдежзийкқлмнңопр", "ابۆگعدەجزييكقلمنڭوپر")),
    **dict(zip("стуұфхһчшыэәөүі", "ستۋۇفحھچشىەاوۇى")),
    **dict(zip("цщёюяъь", ("تس", "شش", "يو", "يۋ", "يا", "", ""))),
    **dict(zip(",;?", "،؛؟")),
}


def in_arabic_letters(text: str) -> str:
    """Return a Kazakh text in Arabic letters; what is not Cyrillic stays as it is."""
    return " ".join(_word(word) for word in text.lower().split(" "))


def _word(word: str) -> str:
    front = _FRONT_VOWELS.intersection(word) and not _SHOW_IT_ANYWAY.intersection(word)
    return (_HAMZA if front else "") + word.translate(str.maketrans(_LETTERS))
