"""Two messages that wait may go as one: what a gauge counted goes on where it stopped."""

from protocol import messages, series
from protocol.series import BadSeries

_SAME = ("gauge", "step_min", "quality")


def merged(earlier, later):
    """Return the one Series that says what both say, or None where there is none."""
    if any(getattr(earlier, name) != getattr(later, name) for name in _SAME):
        return None
    try:
        values = series.decode(earlier.values)
        if later.start != earlier.start + len(values) * earlier.step_min:
            return None
        values = series.encode(values + series.decode(later.values))
    except BadSeries:  # too many, or too wild, for one message
        return None
    same = {name: getattr(earlier, name) for name in _SAME}
    return messages.make("Series", start=earlier.start, values=values, **same)
