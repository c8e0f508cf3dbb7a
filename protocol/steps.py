"""Long sums are done in steps, so that buttons and lamps live while a Box does them.

A function named `..._steps` is a generator: it yields None after each step and returns its
answer.  Another one waits for it with `answer = yield from ..._steps()`; a service drives it:

    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        await clock.sleep_ms(0)
"""


def finished(steps):
    """Do all the steps at once and return their answer."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value
