"""How often a passphrase may be guessed."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from host_tools.problems import REFUSED, Problem

MOST = 5
WINDOW_S = 60.0


class Tries:
    """At most five wrong tries in any minute; clock returns seconds that only rise."""

    def __init__(self, clock: Callable[[], float]):
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: list[float] = []

    @contextmanager
    def one(self) -> Iterator[None]:
        """Count the block as a wrong try unless it ends well; raise Problem when there were five.

        It is counted before it begins, so that many at once are not more than five.
        """
        began = self._begin()
        yield
        with self._lock:
            self._wrong = [at for at in self._wrong if at is not began]

    def _begin(self) -> float:
        with self._lock:
            now = self._clock()
            self._wrong = [at for at in self._wrong if now - at < WINDOW_S]
            if len(self._wrong) >= MOST:
                why = "five wrong passphrases within a minute; nothing was signed"
                raise Problem(why, "wait a minute", REFUSED)
            self._wrong.append(now)
            return now
