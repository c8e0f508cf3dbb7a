"""Sums of points of edwards25519 in the chip's own machine code, so that an order sounds sooner.

A number modulo p is 16 limbs of 16 bits, the lowest first: below 2^256, which is 38 modulo p,
and not always below p.  It lies in a register that is named by a letter.  The names are those of
RFC 8032, section 5.1.4; E and G of a doubling have the other sign, as in protocol.
"""
# ruff: noqa: F821 - the words of viper and of the assembler
# pyright: reportUndefinedVariable=false

import micropython

from boards.rp2.base25519 import MULTIPLES_OF_BASE, MULTIPLES_OF_HIGH_BASE
from boards.rp2.sha512 import block_added_steps

_P = (1 << 255) - 19
_LIMIT = 1 << 256
_2D = 0x2406D9DC56DFFCE7198E80F2EEF3D13000E0149A8283B156EBD69B9426B2F159
_MULTIPLES = 8

# The order of the registers, 32 bytes each; o is zero and k is 2d.  A product needs 64 bytes
# while it is made: it goes where a blank follows.
_NAMES = "x y z t a b c d efghmpqruvko"
_ADDEND = 32 * _NAMES.index("m")  # m, p, q, r are Y - X, Y + X, 2dT, 2Z of what is added
_ADDEND_BYTES = 4 * 32


def _program(formulas):
    """Return four bytes for each formula: the places of result and operands, and the sign."""
    code = bytearray()
    for result, _, one, sign, other in formulas.split():
        code.extend(bytes([_NAMES.index(name) for name in (result, one, other)]))
        code.append("*+-".index(sign))
    return bytes(code)


_SQUARE = _program("b=a*a a=b+o")
_DOUBLE = _program("x=e*f y=g*h z=f*g a=x*x b=y*y c=z*z d=x*y e=d+d g=b-a h=b+a c=c+c f=c-g")
_COORDINATES = "x=e*f y=g*h z=f*g t=e*h "
_MAKE_ADDEND = _program(_COORDINATES + "m=y-x p=y+x c=t*k q=c+o r=z+z")
_SHARED = _COORDINATES + "u=y-x v=y+x c=t*q d=z*r "
_ADD = _program(_SHARED + "a=u*m b=v*p e=b-a f=d-c g=d+c h=b+a")
_SUBTRACT = _program(_SHARED + "a=u*p b=v*m e=b-a f=d+c g=d-c h=b+a")


class Arithmetic:
    """What a Verifier may be given to be faster: protocol/README.md says in which shape."""

    positions_a_step = 20  # about 15 ms

    def __init__(self):
        self.block_added_steps = block_added_steps
        self._registers = bytearray(32 * len(_NAMES))
        self._point = [self._register(name) for name in "efgh"]
        self._number = self._register("a")
        _put(self._register("k"), _2D)

    def squared(self, number, times):
        _put(self._number, number)
        for _ in range(times):
            _run(_SQUARE, self._registers)
        return int.from_bytes(self._number, "little")

    def base_multiples(self):
        return MULTIPLES_OF_BASE, MULTIPLES_OF_HIGH_BASE

    def multiples_steps(self, point):
        self._put_point(point)
        _run(_DOUBLE, self._registers)
        twice = self._addend()
        self._put_point(point)
        multiples = [self._addend()]
        while len(multiples) < _MULTIPLES:
            self._add(twice, _ADD)
            multiples.append(self._addend())
        yield None
        return multiples

    def summed(self, point, terms, positions):
        self._put_point(point)
        for position in positions:
            _run(_DOUBLE, self._registers)
            for digits, multiples in terms:
                digit = digits[position]
                if digit > 15:
                    self._add(multiples[32 - digit >> 1], _SUBTRACT)
                elif digit:
                    self._add(multiples[digit >> 1], _ADD)
        return [int.from_bytes(register, "little") for register in self._point]

    def _addend(self):
        _run(_MAKE_ADDEND, self._registers)
        return self._registers[_ADDEND : _ADDEND + _ADDEND_BYTES]

    def _add(self, addend, program):
        self._registers[_ADDEND : _ADDEND + _ADDEND_BYTES] = addend
        _run(program, self._registers)

    def _put_point(self, point):
        for register, factor in zip(self._point, point):
            _put(register, factor)

    def _register(self, name):
        start = 32 * _NAMES.index(name)
        return memoryview(self._registers)[start : start + 32]


def _put(register, number):
    if number < 0 or number >= _LIMIT:
        number %= _P
    register[:] = number.to_bytes(32, "little")


@micropython.viper
def _run(program, registers):
    """Do the formulas of a program, one after the other."""
    step = ptr8(program)
    base = int(ptr8(registers))
    end = int(len(program))  # noqa: RUF046 - an integer of the machine
    for at in range(0, end, 4):
        result = base + 32 * step[at]
        one = base + 32 * step[at + 1]
        other = base + 32 * step[at + 2]
        if step[at + 3] == 0:
            _multiply(result, one, other)
            _combine(result, result, result + 32, 38)
        else:
            _combine(result, one, other, 3 - 2 * step[at + 3])


@micropython.asm_thumb
def _multiply(r0, r1, r2):
    """Put the product of two registers into a third and the blank after it.

    Row by row: r3 is a limb of one register, r5 grows by what r3 times a limb of the other, the
    limb below it and the carry r7 are, which always fits into 32 bits.
    """
    mov(r3, 0)
    mov(r4, r0)
    add(r4, 32)
    label(CLEAR)
    sub(r4, 2)
    strh(r3, [r4, 0])
    cmp(r4, r0)
    bne(CLEAR)
    mov(r4, r1)
    add(r4, 32)
    mov(r12, r4)
    mov(r4, r2)
    add(r4, 32)
    label(ROW)
    ldrh(r3, [r1, 0])
    mov(r7, 0)
    label(LIMB)
    ldrh(r5, [r2, 0])
    mul(r5, r3)
    ldrh(r6, [r0, 0])
    add(r5, r5, r6)
    add(r5, r5, r7)
    strh(r5, [r0, 0])
    lsr(r7, r5, 16)
    add(r0, 2)
    add(r2, 2)
    cmp(r2, r4)
    bne(LIMB)
    strh(r7, [r0, 0])
    sub(r0, 30)
    sub(r2, 32)
    add(r1, 2)
    mov(r5, r12)
    cmp(r1, r5)
    bne(ROW)


@micropython.asm_thumb
def _combine(r0, r1, r2, r3):
    """Put the sum of one register and a small multiple of another into a third.

    What is carried beyond the last limb, in r7, comes back 38 times: seldom more than once.
    """
    mov(r4, r0)
    add(r4, 32)
    mov(r7, 0)
    label(LIMB)
    ldrh(r5, [r1, 0])
    ldrh(r6, [r2, 0])
    mul(r6, r3)
    add(r5, r5, r6)
    add(r5, r5, r7)
    strh(r5, [r0, 0])
    asr(r7, r5, 16)
    add(r0, 2)
    add(r1, 2)
    add(r2, 2)
    cmp(r0, r4)
    bne(LIMB)
    label(SPILL)
    mov(r6, 38)
    mul(r7, r6)
    sub(r0, 32)
    label(CARRY)
    cmp(r7, 0)
    beq(END)
    ldrh(r5, [r0, 0])
    add(r5, r5, r7)
    strh(r5, [r0, 0])
    asr(r7, r5, 16)
    add(r0, 2)
    cmp(r0, r4)
    bne(CARRY)
    b(SPILL)
    label(END)
