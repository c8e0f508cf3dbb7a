"""The pins of the table by their names, as machine.Pin."""

from machine import Pin

from boards.rp2.pins import PINS


def switches_off():
    """Drive every switch low: after a reset this is the first thing that happens."""
    for name, _, kind, _, _, _ in PINS:
        if kind == "switch":
            switch(name)


def switch(name):
    """Return an output that is off now; called with 1 or 0 it turns on or off."""
    return Pin(number(name), Pin.OUT, value=0)


def chip_select(name):
    """Return an output that is high now: called with 0 it selects its chip, with 1 none."""
    return Pin(number(name), Pin.OUT, value=1)


def contact(name):
    """Return an input that reads 0 while its contact ties it to ground."""
    return Pin(number(name), Pin.IN, Pin.PULL_UP)


def signal(name):
    """Return the pin of a bus, which whoever drives the bus sets up."""
    return Pin(number(name))


def number(name):
    for row in PINS:
        if row[0] == name:
            return row[1]
    raise ValueError("no pin is called " + name)
