"""The text part: bits for each character of notices, each compressed by itself, as in a frame."""

from collections.abc import Callable

import brotli

from tests.bench_wire import notices
from tests.bench_wire.contents import sent
from tests.host.text_samples import FORMAL, ORDER60, PLAIN

TEXTS = {
    "zh": ORDER60 + FORMAL,
    "zh_plain": PLAIN,
    "ug": notices.UYGHUR,
    "kk-Arab": notices.KAZAKH_ARABIC,
    "kk": notices.KAZAKH_CYRILLIC,
}


def bits_per_char() -> dict[str, dict[str, float | None]]:
    """Return {language: {coder: bits for each character}}; None where a coder is not here."""
    coders = {**CODERS, "unishox2": _unishox2()}
    return {
        language: {name: _bits(coder, texts) for name, coder in coders.items()}
        for language, texts in TEXTS.items()
    }


def _bits(coder: Callable[[str], bytes] | None, texts: tuple[str, ...]) -> float | None:
    if coder is None:
        return None
    written = sum(len(coder(text)) for text in texts)
    return round(8 * written / sum(map(len, texts)), 2)


def _brotli(text: str) -> bytes:
    return brotli.compress(text.encode(), mode=brotli.MODE_TEXT, quality=11)


def _unishox2() -> Callable[[str], bytes] | None:
    """Return it, or None on a machine that had no compiler for it."""
    try:
        import unishox2  # noqa: PLC0415
    except ImportError:
        return None
    return lambda text: unishox2.compress(text)[0]


CODERS: dict[str, Callable[[str], bytes]] = {
    "ours": sent,
    "utf8": str.encode,
    "gb18030": lambda text: text.encode("gb18030"),
    "brotli": _brotli,
}
