"""The simulator board's panel: a press is a press, however busy the Box was meanwhile."""

import asyncio

from boards.sim.panel import Panel
from drivers.button import Button
from tests.fakes import FakeClock, FakeLine


async def _pressed(*script):
    """Play (bytes from the panel, ms the Box then does nothing); count the presses it saw."""
    clock = FakeClock()
    line = FakeLine(clock)
    panel = Panel(line, clock)
    button = Button(panel.button("1"), clock)
    presses = []

    async def watch():
        while True:
            await button.pressed()
            presses.append(clock.ticks_ms())
            await button.released()

    tasks = [asyncio.create_task(panel.run()), asyncio.create_task(watch())]
    await clock.advance(1_000)
    for said, stalled_ms in script:
        line.feed(said)
        clock.stall(stalled_ms)
        await clock.advance(1_000)
    for task in tasks:
        task.cancel()
    return len(presses)


def test_a_press_that_began_and_ended_while_the_box_was_busy_is_one_press():
    assert asyncio.run(_pressed((b"down 1\nup 1\n", 400))) == 1


def test_a_box_that_stumbles_between_its_two_looks_at_a_press_has_still_seen_it():
    assert asyncio.run(_stumbling())


async def _stumbling():
    """A press comes and goes; the Box looks, is busy for 400 ms, and looks again."""
    clock = FakeClock()
    line = FakeLine(clock)
    panel = Panel(line, clock)
    contact, levels = panel.button("1"), []

    def pin():
        levels.append(contact())
        return levels[-1]

    reading = asyncio.create_task(panel.run())
    pressed = asyncio.create_task(Button(pin, clock).pressed())
    await clock.advance(1_000)
    line.feed(b"down 1\nup 1\n")
    while levels[-1]:
        await clock.advance(1)
    clock.stall(400)
    await clock.advance(200)
    seen = pressed.done()
    reading.cancel()
    pressed.cancel()
    return seen


def test_a_button_let_go_does_not_stay_pressed():
    assert asyncio.run(_pressed((b"down 1\n", 0), (b"up 1\n", 0), (b"down 1\nup 1\n", 0))) == 2
