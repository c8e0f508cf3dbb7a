"""From an order to what the village hears: tone, voice, tone; a drill says so first and last."""

from protocol import table_area
from protocol.compat import const

_DRILL_CLIP = const("drill")

_END_OF_READING = ("silence", 800)
_LOW_HZ = const(500)
_HIGH_HZ = const(800)


class CannotSpeak(ValueError):
    """This Box has no voice for this order."""


def parts_of(order, drill, settings, player, tables):
    """Return the parts of this order's Programme, or raise CannotSpeak.

    tables is the area of flash with the text tables, bytes-like.  UnicodeError: nobody here can
    know what the text of this order says.
    """
    voice = _voice(order, player, tables)
    if drill:
        if not player.has_clip(_DRILL_CLIP):
            raise CannotSpeak("no clip says that this is a drill")
        voice = [("clip", _DRILL_CLIP)] + voice + [("clip", _DRILL_CLIP)]
    reading = voice + [_END_OF_READING]
    tone = [("tone", settings.tone_hz, settings.tone_ms)]
    return tone + reading * max(order.repeats, 1) + tone


def readings(parts, reached):
    """Return how many whole readings of the voice came before the part with this index."""
    return sum(1 for part in parts[:reached] if part == _END_OF_READING)


def source_of(order):
    """Return where the voice of this order comes from, a word of schema.SOURCE."""
    if order.text is not None:
        return "speech"
    return "clips" if order.siren is None else "siren"


def _voice(order, player, tables):
    """Return the parts of one reading; an order has one thing to say and no more."""
    if (order.text, order.template, order.clip, order.siren).count(None) != 3:
        raise CannotSpeak("an order of nothing or of several things")
    if order.text is not None:
        return _speech(order.text, player, tables)
    if order.siren is not None:
        return _siren(order.siren)
    if order.clip is not None:
        return _clip("clip" + str(order.clip), player)
    if order.template is None or order.slots:
        raise CannotSpeak("only templates without slots are spoken by this Box")
    return _clip(str(order.template), player)


def _speech(field, player, tables):
    """Return the words of a text, read whole before the first of them is spoken."""
    table = table_area.find(tables, field[0]) if field[:1] > b"\0" else b""
    if table is None:
        raise UnicodeError("no table for texts that begin with %02x" % field[0])
    if not player.has_voice():
        raise CannotSpeak("no voice for texts")
    from protocol import text  # noqa: PLC0415 - 3 kB that a Box without a voice can do without

    try:
        return [("text", text.decode(field, [text.Table(table)] if table else ()))]
    except text.BadText as why:
        raise UnicodeError(str(why))


def _clip(name, player):
    if not player.has_clip(name):
        raise CannotSpeak("no clip " + name)
    return [("clip", name)]


def _siren(pattern):
    """Return the parts of a pattern; each sounds long enough to be measured."""
    if pattern == "steady":
        return [("tone", _LOW_HZ, 12_000)]
    if pattern == "pulsed":
        return [("tone", _LOW_HZ, 3_000), ("silence", 1_000)] * 3
    return [("tone", _LOW_HZ, 2_000), ("tone", _HIGH_HZ, 2_000)] * 3
