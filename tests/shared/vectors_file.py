"""Reads protocol/vectors.json one vector at a time: the whole is too large for a Box's heap."""

import json
import sys

from protocol import ccm, ed25519
from protocol.text import Table
from tests.shared.frame_judge import Keys
from tests.shared.meanings import message_of
from tests.shared.wire_judge import Judge

FILE = "protocol/vectors.json"
CORPUS = "tests/fuzz/corpus.txt"


def is_there(path):
    """Return whether this file can be here: on a chip it is not, anywhere else it must be."""
    if sys.platform == "rp2":
        print("not replayed, for it is not on this chip: " + path)
        return False
    open(path).close()
    return True


def head():
    """Return what a receiver of the vectors knows."""
    return next(_lines('"head": '))


def vectors():
    """Yield each vector as a dict."""
    return _lines("")


def judge_of(head, cipher=ccm, is_signed=None):
    """Return a Judge with the keys of a head; proofs are a Box's own unless others are given."""
    base_health = message_of("Health", head["base_health"])
    tables = [Table(bytes.fromhex(one)) for one in head["text_tables"]]
    return Judge(Keys(head), base_health, tables, cipher, is_signed or ed25519.Verifier().verify)


def octets(vector):
    """Return a vector's bytes, or the list of them."""
    written = vector["bytes"]
    if isinstance(written, str):
        return bytes.fromhex(written)
    return [bytes.fromhex(one) for one in written]


def lines_of(path):
    """Yield the lines of a file one by one."""
    with open(path, encoding="utf-8") as file:
        yield from file


def _lines(beginning):
    """Yield the objects that stand on one line behind this beginning."""
    beginning += "{"
    for line in lines_of(FILE):
        if line.startswith(beginning) and not line.startswith('{"about"'):
            yield json.loads(line[len(beginning) - 1 :].rstrip().rstrip(","))
