"""The side of `make outage` that runs on MicroPython: one part of it, its last line JSON."""

import json
import sys

from tests.outage.dark import MOST_ALARMS, Outage
from tests.outage.quiet import Quiet
from tests.outage.urgent import Urgent
from tests.shared.running import run


def say(line):
    print("#", line)


async def outage(hours):
    """One message a minute, and alarms among them."""
    story = Outage(say)
    await story.start()
    await story.dark(hours, MOST_ALARMS, True)
    await story.mended()
    tell(hours=hours, **story.told())


async def alarms(days):
    """An alarm an hour, and nothing else."""
    story = Outage(say)
    await story.start()
    await story.dark(24 * days, 24 * days, False)
    await story.mended()
    tell(alarm_days=days, **story.told())


async def satellite(days):
    tell(**await Quiet(say).live(days))


async def urgent(rows):
    tell(**await Urgent(say).live(rows))


def tell(**what):
    print(json.dumps(what))


PARTS = {"outage": outage, "alarms": alarms, "satellite": satellite, "urgent": urgent}


def main(part, number):
    run(PARTS[part](int(number)))


main(*sys.argv[1:])
