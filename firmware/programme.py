"""From an order to what the village hears: tone, voice, tone; a drill says so first and last."""

from protocol.compat import const

DRILL_CLIP = "drill"

_PAUSE_MS = const(800)


class CannotSpeak(ValueError):
    """This Box has no voice for this order."""


def parts_of(order, drill, settings, player):
    """Return the parts of this order's Programme, or raise CannotSpeak."""
    voice = _voice(order, player)
    if drill:
        if not player.has_clip(DRILL_CLIP):
            raise CannotSpeak("no clip says that this is a drill")
        voice = [("clip", DRILL_CLIP)] + voice + [("clip", DRILL_CLIP)]
    reading = voice + [("silence", _PAUSE_MS)]
    tone = [("tone", settings.tone_hz, settings.tone_ms)]
    return tone + reading * max(order.repeats, 1) + tone


def readings(parts, reached):
    """Return how many whole readings of the voice came before the part with this index."""
    return sum(1 for part in parts[:reached] if part[0] == "silence")


def _voice(order, player):
    if order.template is None or order.slots:
        raise CannotSpeak("only templates without slots are spoken by this Box")
    name = str(order.template)
    if not player.has_clip(name):
        raise CannotSpeak("no clip for template " + name)
    return [("clip", name)]
