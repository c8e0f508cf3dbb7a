"""What a check has to say."""

from typing import NamedTuple


class Finding(NamedTuple):
    """complaints: a sentence for each thing that is not so; seen: how much was looked at."""

    complaints: list[str]
    seen: str
