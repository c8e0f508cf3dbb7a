"""A Cauchy Reed-Solomon code as in a textbook: matrices, long multiplication, Gauss and Jordan.

Slow and plain, and nothing of protocol/ is in it: the judge of what protocol/fragments.py does.
"""

POLYNOMIAL = 0x11D


def times(a: int, b: int) -> int:
    """Return the product of two elements: long multiplication, then long division."""
    product = 0
    for bit in range(8):
        if b & 1 << bit:
            product ^= a << bit
    for bit in reversed(range(8, 15)):
        if product & 1 << bit:
            product ^= POLYNOMIAL << (bit - 8)
    return product


INVERSE = [0] + [next(b for b in range(256) if times(a, b) == 1) for a in range(1, 256)]
PRODUCTS = [[times(a, b) for b in range(256)] for a in range(256)]


def row(index: int, k: int) -> list[int]:
    """Return the row of the encoding matrix: of the identity, or 1 / (i + j) below it."""
    if index < k:
        return [int(column == index) for column in range(k)]
    return [INVERSE[index ^ column] for column in range(k)]


def piece(index: int, data: list[bytes]) -> bytes:
    """Return the piece with this index of a frame cut into data."""
    return summed(row(index, len(data)), data)


def recovered(indexes: list[int], pieces: list[bytes]) -> list[bytes]:
    """Return the data of which these k pieces are, by the inverse of their rows."""
    inverse = inverted([row(index, len(indexes)) for index in indexes])
    return [summed(factors, pieces) for factors in inverse]


def summed(factors: list[int], pieces: list[bytes]) -> bytes:
    out = bytearray(len(pieces[0]))
    for factor, one in zip(factors, pieces, strict=True):
        for at, byte in enumerate(one):
            out[at] ^= PRODUCTS[factor][byte]
    return bytes(out)


def inverted(matrix: list[list[int]]) -> list[list[int]]:
    """Return the inverse of a square matrix, or raise StopIteration if it has none."""
    size = len(matrix)
    rows = [[*line, *(int(i == j) for j in range(size))] for i, line in enumerate(matrix)]
    for column in range(size):
        pivot = next(i for i in range(column, size) if rows[i][column])
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = INVERSE[rows[column][column]]
        rows[column] = [times(scale, value) for value in rows[column]]
        for i in range(size):
            if i != column and rows[i][column]:
                factor = rows[i][column]
                pairs = zip(rows[i], rows[column], strict=True)
                rows[i] = [value ^ times(factor, other) for value, other in pairs]
    return [line[size:] for line in rows]
