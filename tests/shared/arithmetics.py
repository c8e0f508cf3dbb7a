"""Every way in which this interpreter can do the sums of a signature.

The board's own needs the chip's machine code: elsewhere, only the plain one is here.
"""

from protocol.ed25519 import PLAIN

try:
    from boards.rp2 import field25519
except (ImportError, SyntaxError):  # CPython; a processor without this assembler
    field25519 = None

ARITHMETICS = (PLAIN,) if field25519 is None else (PLAIN, field25519.Arithmetic())
