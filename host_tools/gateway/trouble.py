"""One line in the journal when trouble begins, and one when it ends."""

from collections.abc import Callable


class Trouble:
    """over: the line that says that it has ended."""

    def __init__(self, note: Callable[[str], None], over: str):
        self._note = note
        self._over = over
        self._is_there = False

    def say(self, what: str | None) -> None:
        """Note it unless that was known already; None where all is well."""
        if (what is not None) != self._is_there:
            self._note(what or self._over)
        self._is_there = what is not None
