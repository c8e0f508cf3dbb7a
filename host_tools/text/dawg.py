"""Reads the word list inside a Tesseract language file: a graph whose paths are words.

A file is a count, that many 64-bit offsets of its parts (-1: not there) and the parts.  The graph
is a head of 2, 4 and 4 bytes (42, letters known, edges) and 64-bit edges: letter, three flags,
next node.  The edges of a node stand together, the last one flagged.  All little-endian.
"""

import struct
from collections.abc import Iterator

_WORDS, _LETTERS = 19, 21  # numbers of the parts
_MAGIC = 42
_MOST_PARTS = 64
_LAST_OF_NODE, _END_OF_WORD = 1, 4
_FLAG_BITS = 3
_LONGEST_WORD = 40


class NotTesseract(ValueError):
    """This is no language file, or one without words."""


def words(data: bytes) -> Iterator[str]:
    """Yield every word, in the order of the graph; NotTesseract where there is none."""
    try:
        letters = _part(data, _LETTERS).decode().split("\n")
        letters = [line.split(" ")[0] for line in letters[1 : int(letters[0]) + 1]]
        graph = _part(data, _WORDS)
        magic, known, count = struct.unpack_from("<hii", graph)
        edges = struct.unpack_from(f"<{count}Q", graph, 10)
    except (struct.error, ValueError) as why:
        raise NotTesseract(f"no Tesseract language file: {why}") from None
    if magic != _MAGIC:
        raise NotTesseract("its words are written in another way")
    return _walk(edges, letters, known.bit_length())


def _part(data: bytes, number: int) -> bytes:
    (count,) = struct.unpack_from("<i", data)
    if not number < count <= _MOST_PARTS:
        raise NotTesseract("it has no words")
    offsets = struct.unpack_from(f"<{count}q", data, 4)
    if offsets[number] < 0:
        raise NotTesseract("it has no words")
    later = [offset for offset in offsets if offset > offsets[number]]
    return data[offsets[number] : min(later, default=len(data))]


def _walk(edges: tuple[int, ...], letters: list[str], letter_bits: int) -> Iterator[str]:
    waiting = [(0, "")]
    while waiting:
        at, begun = waiting.pop()
        edge, flags = edges[at], edges[at] >> letter_bits
        word = begun + letters[edge & (1 << letter_bits) - 1]
        following = flags >> _FLAG_BITS
        if not flags & _LAST_OF_NODE:
            waiting.append((at + 1, begun))
        if following and len(word) < _LONGEST_WORD:
            waiting.append((following, word))
        if flags & _END_OF_WORD:
            yield word
