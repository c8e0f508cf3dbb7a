"""Stretches of time, as (from, to) in seconds since 1970, the earlier ones first."""

Span = tuple[float, float]


def between(entries: list[tuple[float, bool]], ends_at: float) -> list[Span]:
    """Return when something was so; entries are (time, whether it is so from then on)."""
    spans, since = [], None
    for t, so in entries:
        if so and since is None:
            since = t
        elif not so and since is not None:
            spans.append((since, t))
            since = None
    return spans if since is None else [*spans, (since, ends_at)]


def overlap_s(spans: list[Span], begin: float, end: float) -> float:
    """Return for how many seconds of begin..end it was so."""
    return sum(max(0.0, min(end, to) - max(begin, since)) for since, to in spans)


def holds_at(spans: list[Span], t: float) -> bool:
    return any(since <= t < to for since, to in spans)


def both(one: list[Span], other: list[Span]) -> list[Span]:
    """Return when both were so."""
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return [(since, to) for since, to in pairs if since < to]
