"""Where the RP2040's boot ROM keeps its functions (datasheet, section 2.8.3)."""

from typing import Any

_TABLE_AT = 0x14
_MOST_ENTRIES = 64


def function(words: Any, code: str) -> int:
    """Return the address of the ROM function with this two-letter code, such as "UB"."""
    rom = memoryview(words).cast("B")

    def half(at: int) -> int:
        return int.from_bytes(rom[at : at + 2], "little")

    at = half(_TABLE_AT)
    for _ in range(_MOST_ENTRIES):
        if bytes(rom[at : at + 2]) == code.encode():
            return half(at + 2) & ~1
        at += 4
    raise LookupError(f"this boot ROM has no function {code}")
