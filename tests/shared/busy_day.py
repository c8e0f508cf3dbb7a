"""A busy day of a store on a chip, and the power that fails at each of its operations.

A chip is tests.fakes.NorFlash or what has its operations, watch, fail(), hold(), on(), copy().
"""

import sys

from tests.fakes import PowerCut

STRIDE = 13 if sys.platform == "rp2" else 1  # all of it would take a small board an hour


def a_busy_day():
    """Yield what a Box does to its store: (key, value or None to remove)."""
    for hour in range(30):
        yield b"Slip" + bytes((hour,)), bytes((hour,)) * 500
        yield b"mark", bytes((hour,)) * 5
        yield b"fault", (b"\xff" if hour % 2 else b"") * 500
        if hour > 4:
            yield b"Slip" + bytes((hour - 4,)), None


class Day:
    """A busy day on this chip, with a quiet moment after each change while tidied is true.

    opened(chip) returns the store as a restart finds it.
    """

    def __init__(self, chip, opened, tidied=True):
        self.chip = chip
        self.tidied = tidied
        self.store = opened(chip)
        self.before = self.after = dict(self.store.items())

    def live(self):
        for _ in self.steps():
            pass

    def steps(self):
        """Live, and yield (contents before, contents after) each change and each tidying."""
        for key, value in a_busy_day():
            before = self.before
            self.change(key, value)
            yield before, self.after
            if self.tidied and self.store.untidy():
                self.store.tidy()
                yield self.after, self.after

    def change(self, key, value):
        self.after = dict(self.before)
        if value is None:
            self.after.pop(key, None)
            self.store.remove(key)
        else:
            self.after[key] = value
            self.store.put(key, value)
        self.before = self.after

    def tidy(self):
        for _ in range(200):
            if not self.store.untidy():
                return
            self.store.tidy()
        raise AssertionError("it is never tidy")


class CutEverywhere:
    """Added to a TestCase, it cuts the power; the case has blank() -> chip and opened(chip)."""

    moments = cuts = 0

    def cut_everywhere(self, tidied, check):
        """Live a busy day; for each operation call check(chip, contents before, after) with the
        chip as the power would leave it.
        """
        day, deeds = Day(self.blank(), self.opened, tidied), []
        so_far, chip = day.chip.copy(), day.chip.copy()
        day.chip.watch = deeds.append
        for before, after in day.steps():
            for deed in deeds:
                for torn in (False, True) if self.is_chosen() else ():
                    chip.hold(so_far)
                    chip.fail(1, torn)
                    with self.assertRaises(PowerCut):
                        deed(chip)
                    chip.on()
                    check(chip, before, after)
                deed(so_far)
            deeds.clear()

    def is_chosen(self):
        self.moments += 1
        return self.moments % STRIDE == 0

    def check(self, chip, before, after):
        """See what was kept, tidy up, and write: all is there and no change waits."""
        operations = chip.operations
        day = Day(chip, self.opened)
        self.assertEqual(chip.operations, operations)
        self.assertTrue(day.before in (before, after))
        self.assertTrue(day.store.state == "kept" or not before)
        day.tidy()
        day.change(b"next", b"morning")
        self.assertTrue(dict(self.opened(chip).items()) == day.after)
        self.assertTrue(day.store.late_erases == 0 or not before)

    def check_again(self, chip, before, after):
        """Now and then go on after the cut, be cut again soon, and lose nothing either."""
        self.cuts += 1
        if self.cuts % 7:
            return
        chip.fail(1 + self.cuts % 5, torn=True)
        day = Day(chip, self.opened)
        self.assertTrue(day.before in (before, after))
        try:
            day.tidy()
            day.live()
        except PowerCut:
            pass
        chip.on()
        self.check(chip, day.before, day.after)
