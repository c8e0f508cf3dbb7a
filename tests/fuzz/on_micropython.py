"""The other side of `make fuzz`: reads items from standard input and says what it makes of each.

A line is `what carrier console answers =hex,hex,...`, a comma behind each.  `answers` says of the
signatures, in the order in which they are asked for, what CPython found (1 genuine, 0 not), or is
`verify`: then they are verified here.  The answer is `verdict digest`.  On `heap` it tells the
bytes in use, on `verified` how many signatures it verified.
"""

import gc
import sys

from protocol import ed25519
from tests.shared import vectors_file
from tests.shared.meanings import digest_of, told


class Signatures:
    """is_signed for the Judge: verifies, or takes the word of the other side."""

    def __init__(self):
        self.verified = 0
        self.answers = None
        self._verify = ed25519.Verifier().verify

    def is_signed(self, public_key, message, signature):
        if self.answers is None:
            self.verified += 1
            return self._verify(public_key, message, signature)
        answer, self.answers = self.answers[:1], self.answers[1:]
        return answer == "1"


def answer(judge, signatures, words):
    what, carrier, console, answers, data = words
    signatures.answers = None if answers == "verify" else answers
    data = [bytes.fromhex(one) for one in data[1:].split(",")[:-1]]
    judge.proven.clear()
    carrier = None if carrier == "-" else int(carrier)
    try:
        verdict, meaning = judge.judge(
            what, data if what == "pieces" else data[0], carrier, console == "1"
        )
    except Exception as why:  # whatever else is raised is what we look for
        return "!" + type(why).__name__ + " -"
    return verdict + " " + digest_of([meaning, told(judge.proven)])


def main():
    signatures = Signatures()
    judge = vectors_file.judge_of(vectors_file.head(), is_signed=signatures.is_signed)
    while True:
        line = sys.stdin.readline()
        if not line:
            return
        words = line.split()
        if words == ["heap"]:
            line = words = None
            gc.collect()
            print(gc.mem_alloc())
        elif words == ["verified"]:
            print(signatures.verified)
        else:
            print(answer(judge, signatures, words))


main()
