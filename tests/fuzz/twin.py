"""The MicroPython process that is fed what CPython is fed."""

import os
import subprocess
import threading
from collections.abc import Iterator

from host_tools.setup.micropython import PROGRAM
from host_tools.setup.steps import ROOT
from tests.fuzz.items import Item

_LONGEST_S = 120  # for one batch; then it hangs
_ENVIRONMENT = {"MICROPYPATH": ".:.frozen"}
_COMMAND = (PROGRAM, "-X", "heapsize=4M", "tests/fuzz/on_micropython.py")
VERIFY = "verify"


class Twin:
    """Ends with the `with` it is used in."""

    def __enter__(self) -> "Twin":
        self._process = subprocess.Popen(
            _COMMAND, cwd=ROOT, env=os.environ | _ENVIRONMENT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self._watch = threading.Timer(_LONGEST_S, self._process.kill)
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.cancel()
        self._process.kill()
        self._process.communicate()

    def send(self, lines: list[str]) -> None:
        """Send a batch.  Its answers are short enough to wait in the pipe until they are read."""
        assert self._process.stdin
        self._watch = threading.Timer(_LONGEST_S, self._process.kill)
        self._watch.start()
        try:
            self._process.stdin.write("".join(line + "\n" for line in lines))
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the answers end early, and that is told

    def answers(self, count: int) -> Iterator[str]:
        """Yield the answers to the batch; an empty one where it ended or hung."""
        assert self._process.stdout
        for _ in range(count):
            yield self._process.stdout.readline().strip()
        self._watch.cancel()

    def asked(self, word: str) -> int:
        """Return the answer to "heap" or "verified"; 0 from who is no longer there."""
        self.send([word])
        (answer,) = self.answers(1)
        return int(answer or 0)


def line_of(item: Item, answers: str) -> str:
    """Return an item as on_micropython.py reads it."""
    data = [item.data] if isinstance(item.data, bytes) else item.data
    carrier = "-" if item.carrier is None else str(item.carrier)
    octets = "".join(one.hex() + "," for one in data)
    return f"{item.what} {carrier} {item.console:d} {answers or '-'} ={octets}"
