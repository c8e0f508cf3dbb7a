"""Blocks of SHA-512 in the chip's own machine code: a digest for a tenth of the time.

A word of 64 bits is two of 32, the upper half first.  Names of words are those of FIPS 180-4.
Sums are made of halves of 16 bits, so that what they carry is seen.
"""
# ruff: noqa: F821
# pyright: reportUndefinedVariable=false

import micropython

_WORKING, _CONSTANTS, _END = 32, 48, 80  # where what lies in memory, the schedule first


def block_added_steps(hashed, block, constants):
    """In one step, return the hash, 64 bytes, of one block of 128 bytes more."""
    numbers = bytearray(4 * _END)
    _take(numbers, 0, block, 0, 32)
    _take(numbers, _WORKING, hashed, 0, 16)
    for first_round in range(0, 80, 16):
        if first_round:
            _replace_by_next(numbers)
        _take(numbers, _CONSTANTS, constants, 8 * first_round, 32)
        _mix(numbers)
    total = bytearray(hashed)
    _add(total, numbers)
    yield None
    return bytes(total)


@micropython.viper
def _take(numbers, first: int, source, start: int, count: int):
    """Take numbers of 32 bits from bytes, the highest first."""
    n = ptr32(numbers)
    data = ptr8(source)
    for i in range(first, first + count):
        n[i] = data[start] << 24 | data[start + 1] << 16 | data[start + 2] << 8 | data[start + 3]
        start += 4


@micropython.viper
def _replace_by_next(numbers):
    """Replace 16 words of the message schedule by the 16 after them, as in a ring."""
    w = ptr32(numbers)
    for t in range(0, 32, 2):
        xh = uint(w[t + 2 & 31])
        xl = uint(w[t + 3 & 31])
        yh = uint(w[t + 28 & 31])
        yl = uint(w[t + 29 & 31])
        uh = ((xh >> 1) | (xl << 31)) ^ ((xh >> 8) | (xl << 24)) ^ (xh >> 7)
        ul = ((xl >> 1) | (xh << 31)) ^ ((xl >> 8) | (xh << 24)) ^ ((xl >> 7) | (xh << 25))
        vh = ((yh >> 19) | (yl << 13)) ^ ((yl >> 29) | (yh << 3)) ^ (yh >> 6)
        vl = ((yl >> 19) | (yh << 13)) ^ ((yh >> 29) | (yl << 3)) ^ ((yl >> 6) | (yh << 26))
        nl = uint(w[t + 19 & 31])
        wl = uint(w[t + 1])
        low = (ul & 0xFFFF) + (vl & 0xFFFF) + (nl & 0xFFFF) + (wl & 0xFFFF)
        middle = (ul >> 16) + (vl >> 16) + (nl >> 16) + (wl >> 16) + (low >> 16)
        w[t] = w[t] + uh + vh + w[t + 18 & 31] + (middle >> 16)
        w[t + 1] = (middle << 16) | (low & 0xFFFF)


@micropython.viper
def _mix(numbers):
    """Do one round for each of the 16 words."""
    w = ptr32(numbers)
    v = ptr32(int(w) + 128)
    k = ptr32(int(w) + 192)
    for t in range(0, 32, 2):
        eh = uint(v[8])
        el = uint(v[9])
        sh = ((eh >> 14) | (el << 18)) ^ ((eh >> 18) | (el << 14)) ^ ((el >> 9) | (eh << 23))
        sl = ((el >> 14) | (eh << 18)) ^ ((el >> 18) | (eh << 14)) ^ ((eh >> 9) | (el << 23))
        ch = uint(v[12] ^ (v[8] & (v[10] ^ v[12])))
        cl = uint(v[13] ^ (v[9] & (v[11] ^ v[13])))
        hl = uint(v[15])
        kl = uint(k[t + 1])
        wl = uint(w[t + 1])
        low = (hl & 0xFFFF) + (sl & 0xFFFF) + (cl & 0xFFFF) + (kl & 0xFFFF) + (wl & 0xFFFF)
        middle = (hl >> 16) + (sl >> 16) + (cl >> 16) + (kl >> 16) + (wl >> 16) + (low >> 16)
        t1h = sh + ch + uint(v[14] + k[t] + w[t]) + (middle >> 16)
        t1l = (middle << 16) | (low & 0xFFFF)
        ah = uint(v[0])
        al = uint(v[1])
        sh = ((ah >> 28) | (al << 4)) ^ ((al >> 2) | (ah << 30)) ^ ((al >> 7) | (ah << 25))
        sl = ((al >> 28) | (ah << 4)) ^ ((ah >> 2) | (al << 30)) ^ ((ah >> 7) | (al << 25))
        mh = uint((v[0] & v[2]) | (v[4] & (v[0] | v[2])))
        ml = uint((v[1] & v[3]) | (v[5] & (v[1] | v[3])))
        for i in range(15, 1, -1):
            v[i] = v[i - 2]
        el = uint(v[9]) + t1l
        v[8] = v[8] + t1h + (1 if el < t1l else 0)
        v[9] = el
        low = (t1l & 0xFFFF) + (sl & 0xFFFF) + (ml & 0xFFFF)
        middle = (t1l >> 16) + (sl >> 16) + (ml >> 16) + (low >> 16)
        v[0] = t1h + sh + mh + (middle >> 16)
        v[1] = (middle << 16) | (low & 0xFFFF)


@micropython.viper
def _add(total, numbers):
    """Add the working variables to the hash, byte by byte from the lowest."""
    out = ptr8(total)
    v = ptr32(int(ptr32(numbers)) + 128)
    carry = 0
    for at in range(63, -1, -1):
        carry += out[at] + (v[at >> 2] >> (24 - 8 * (at & 3)) & 255)
        out[at] = carry
        carry = carry >> 8 if at & 7 else 0
