"""Print the tables that a Box reads in its flash: computed there, they would fill its memory.

`make constants` does it; a test fails when what is kept is not what is printed.
"""

from collections.abc import Iterable
from pathlib import Path

from protocol import edwards25519 as curve
from protocol.steps import finished

ROOT = Path(__file__).parents[1]
ROW_BYTES = 16

_POLYNOMIAL = 0x11D
_LOGARITHMS = '''\
"""Powers of 2 and logarithms to the base 2 in the field of protocol.galois.

Printed by `make constants`; do not edit.
"""

POWER = ({}
)

LOGARITHM = ({}
)
'''
_BASE = '''\
"""Odd multiples of the base point and of 2^128 times that, as boards.rp2.field25519 adds them.

Printed by `make constants`; do not edit.
"""

MULTIPLES_OF_BASE = ({}
)

MULTIPLES_OF_HIGH_BASE = ({}
)
'''


def main() -> None:
    for path, printed in PRINTED.items():
        (ROOT / path).write_text(printed())
        print(f"wrote {path}")


def logarithms() -> str:
    """Return the module of 255 powers, by exponent, and 256 logarithms, by number."""
    powers, logarithm = bytearray(), bytearray(256)
    power = 1
    for exponent in range(255):
        powers.append(power)
        logarithm[power] = exponent
        power = power << 1 ^ (_POLYNOMIAL if power > 127 else 0)
    return _LOGARITHMS.format(_rows(bytes(powers), 4), _rows(bytes(logarithm), 4))


def base() -> str:
    """Return the module of 2 * 8 addends: Y - X, Y + X, 2dT, 2Z, each of 32 bytes."""
    return _BASE.format(_addends(curve.BASE), _addends(curve.BASE_TIMES_2_128))


def _addends(point: tuple[int, int, int, int]) -> str:
    return "".join(
        f"\n    ({_rows(_addend(factors), 8)}\n    ),"
        for factors in finished(curve.multiples_steps(point))
    )


def _addend(factors: Iterable[int]) -> bytes:
    return b"".join((factor % curve.P).to_bytes(32, "little") for factor in factors)


def _rows(data: bytes, indented: int) -> str:
    return "".join(
        f'\n{" " * indented}b"{_escaped(data[at : at + ROW_BYTES])}"'
        for at in range(0, len(data), ROW_BYTES)
    )


def _escaped(row: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in row)


PRINTED = {"protocol/logarithms.py": logarithms, "boards/rp2/base25519.py": base}

if __name__ == "__main__":
    main()
