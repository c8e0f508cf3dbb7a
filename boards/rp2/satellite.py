"""The modem at the satellite's UART: an Iridium 9602 or 9603, or a BeiDou terminal in its place.

Only the one that the settings have is imported: the other would take memory for nothing.
"""

_ANSWER_MS = {"sbd": 100_000, "beidou": 20_000}


def kind_of(wiring):
    """Return "sbd" or "beidou", a key of firmware.roads.KINDS and of the settings' board."""
    return "beidou" if "beidou" in wiring.settings["board"] else "sbd"


def answer_ms(kind):
    """Return how long this modem may take over an answer."""
    return _ANSWER_MS[kind]


def modem(kind, wiring, line, clock):
    """Return its driver."""
    if kind == "sbd":
        from drivers.modems.sbd import SbdModem  # noqa: PLC0415 - see above

        return SbdModem(line, clock)
    from drivers.modems.beidou import BeidouModem  # noqa: PLC0415 - see above

    return wiring.made("beidou.county", str, lambda card: BeidouModem(line, clock, card))
