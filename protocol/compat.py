"""The two names that MicroPython has and CPython lacks, settled in one place.

`const` folds a constant on the Box and changes nothing elsewhere.  `aes` is
cryptolib.aes, or None where there is no cryptolib: who needs it then says so.
"""

try:
    from micropython import const  # pyright: ignore[reportAssignmentType]
except ImportError:

    def const(value):
        return value


try:
    from cryptolib import aes
except ImportError:
    aes = None
