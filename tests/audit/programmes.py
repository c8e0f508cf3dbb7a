"""Programmes as the village heard them: tone, voices, tone, or as far as they got."""

from typing import NamedTuple

from tests.audit import listening
from tests.audit.listening import TONE
from tests.audit.recording import QUIET, RATE_HZ, Samples, Take

STRANGE_S = 0.3  # a voice broken off sooner is not recognised, and is let pass
MISSING_S = 0.1  # a voice is whole with no more than this missing at its end
TONE_SHARE = 0.9  # of the tone's length
LONGEST_GAP_S = 2.5  # a Box that stumbles for longer has not told it


class Programme(NamedTuple):
    """start and end in seconds since 1970; voices are (clip, heard to its end).

    strange is a sentence where the sound has a shape that no order has, or "".
    """

    start: float
    end: float
    opening_s: float
    voices: tuple[tuple[str, bool], ...]
    closing_s: float
    longest_gap_s: float
    strange: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.voices)

    def whole_voices(self) -> int:
        return sum(whole for _, whole in self.voices)

    def is_whole(self, expected: tuple[str, ...], tone_s: float) -> bool:
        """Was all of it heard: tone, every voice to its end, tone?"""
        tones = min(self.opening_s, self.closing_s) >= TONE_SHARE * tone_s
        heard = self.names == expected and self.whole_voices() == len(expected)
        return tones and heard and self.longest_gap_s <= LONGEST_GAP_S and not self.strange


def heard(takes: list[Take], tone_hz: int, clips: dict[str, Samples]) -> list[Programme]:
    """Return the Programmes in these takes, in order of time."""
    return [
        _programme(take, listening.parts(take.samples, tone_hz, clips), clips)
        for take in takes
        if (abs(take.samples) > QUIET).any()
    ]


def _programme(take: Take, parts: list[listening.Part], clips: dict[str, Samples]) -> Programme:
    loud = (abs(take.samples) > QUIET).nonzero()[0]
    begin, end = int(loud[0]), int(loud[-1]) + 1
    voices = [part for part in parts if part.kind != TONE]
    opens = bool(parts) and parts[0].kind == TONE
    closes = len(parts) > 1 and parts[-1].kind == TONE
    return Programme(
        start=take.when(begin),
        end=take.when(end - 1),
        opening_s=_length_s(parts[0]) if opens else 0.0,
        voices=tuple((part.kind, _is_whole(part, clips[part.kind])) for part in voices),
        closing_s=_length_s(parts[-1]) if closes else 0.0,
        longest_gap_s=take.longest_gap_s(begin, end),
        strange=_strange(parts, listening.strange_s(take.samples, parts)),
    )


def _strange(parts: list[listening.Part], unknown_s: float) -> str:
    if unknown_s > STRANGE_S:
        return f"{unknown_s:.1f} s of it are neither the tone nor a voice of this Box"
    kinds = "".join("t" if part.kind == TONE else "v" for part in parts)
    middle = kinds.removeprefix("t").removesuffix("t")
    if not kinds.startswith("t") or "t" in middle or kinds == "tt":
        return "it is not tone, voice, tone"
    return ""


def _is_whole(part: listening.Part, clip: Samples) -> bool:
    return len(clip) - (part.end - part.begin) <= MISSING_S * RATE_HZ


def _length_s(part: listening.Part) -> float:
    return (part.end - part.begin) / RATE_HZ
