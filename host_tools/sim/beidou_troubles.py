"""What can be wrong with a BeiDou terminal and around it."""

from dataclasses import dataclass


@dataclass
class Troubles:
    """States that stay, and how many requests to send will still have a mishap."""

    signal: bool = True
    card: bool = True
    suppressed: bool = False
    silence: bool = False
    power: bool = True
    answers: bool = True
    duplicate: bool = False
    refuse: int = 0
    reason: int = 0
    lose: int = 0  # told as sent, and never arrives
    mute: int = 0  # sent, and nothing is told
    half: int = 0  # sent, and what is told breaks off
    wrong: int = 0  # sent, and what is told has a wrong checksum

    def happens(self, mishap: str) -> bool:
        """Is this one of the requests that will have the mishap?  It counts as had."""
        count = getattr(self, mishap)
        setattr(self, mishap, max(0, count - 1))
        return count > 0
