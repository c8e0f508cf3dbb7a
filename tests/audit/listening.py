"""An ear: where in some samples is the alert tone, where a voice we know, what is strange?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.audit.recording import QUIET, RATE_HZ, Samples

TONE = "tone"
FRAME = RATE_HZ // 50  # 20 ms
PURE = 0.9  # of a frame's energy at the tone's frequency
LEAST_TONE = 3  # frames
HEAD = RATE_HZ // 4  # a voice is recognised by its first 250 ms
ALIKE = 0.9  # normalised cross-correlation, 1 for the same sound at any volume
BLOCK = RATE_HZ // 20  # and followed by pieces of 50 ms
DIFFERENT = 0.2  # of a piece's energy


class Part(NamedTuple):
    """kind is "tone" or a clip's name; begin and end are indexes of samples."""

    kind: str
    begin: int
    end: int


def parts(samples: Samples, tone_hz: int, clips: dict[str, Samples]) -> list[Part]:
    """Return what was heard, in order; where two clips begin alike, the one heard longer."""
    voices: list[Part] = []
    found = (part for name, clip in clips.items() for part in _hearings(samples, name, clip))
    for part in sorted(found, key=lambda part: (part.begin, -part.end)):
        if not voices or part.begin >= voices[-1].end:
            voices.append(part)
    tones = [tone for tone in _tones(samples, tone_hz) if not _is_inside(tone, voices)]
    return sorted(voices + tones, key=lambda part: part.begin)


def strange_s(samples: Samples, known: list[Part]) -> float:
    """Return how much sound belongs to no part, in seconds."""
    loud = _loud(samples)
    for part in known:
        loud[part.begin // FRAME : -(-part.end // FRAME)] = False
    return float(np.count_nonzero(loud)) * FRAME / RATE_HZ


def _tones(samples: Samples, hz: int) -> list[Part]:
    """Return the runs of frames in which nearly all energy is at this frequency (Goertzel)."""
    frames = _frames(samples)
    turning = np.exp(-2j * np.pi * hz / RATE_HZ * np.arange(FRAME))
    at_tone = 2 * np.abs(frames @ turning) ** 2 / FRAME
    pure = (at_tone > PURE * np.sum(frames**2, axis=1)) & _loud(samples)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], pure, [False]]).astype(int)))
    runs = [(int(begin), int(end)) for begin, end in edges.reshape(-1, 2)]
    return [Part(TONE, a * FRAME, b * FRAME) for a, b in runs if b - a >= LEAST_TONE]


def _hearings(samples: Samples, name: str, clip: Samples) -> list[Part]:
    """Return where this clip begins, each as far as it goes on."""
    lead = int(np.argmax(np.abs(clip) > QUIET))
    heads = _places(samples, clip[lead : lead + HEAD])
    begins = [place - lead for place in heads if place >= lead]
    return [Part(name, begin, begin + _followed(samples[begin:], clip)) for begin in begins]


def _places(samples: Samples, head: Samples) -> list[int]:
    """Return where the head occurs: the best place of each stretch that is alike."""
    if len(samples) < len(head):
        return []
    alike = _correlation(samples, head)
    near = np.flatnonzero(alike > ALIKE)
    groups = np.split(near, np.flatnonzero(np.diff(near) > BLOCK) + 1)
    return [int(group[np.argmax(alike[group])]) for group in groups if len(group)]


def _correlation(samples: Samples, head: Samples) -> NDArray[np.float64]:
    """Return the normalised cross-correlation at each place where the head fits."""
    size = 1 << (len(samples) + len(head)).bit_length()
    spectrum = np.fft.rfft(samples, size) * np.conj(np.fft.rfft(head, size))
    products = np.fft.irfft(spectrum, size)[: len(samples) - len(head) + 1]
    sums = np.cumsum(np.concatenate([[0.0], samples**2]))
    energy = sums[len(head) :] - sums[: -len(head)]
    norm = np.sqrt(np.maximum(energy, QUIET**2 * len(head) / 100) * np.sum(head**2))
    return products / norm


def _followed(samples: Samples, clip: Samples) -> int:
    """Return for how many samples the clip goes on, at the volume of its head."""
    heard = samples[: len(clip)]
    volume = heard[: 2 * HEAD] @ clip[: len(heard)][: 2 * HEAD]
    volume /= np.sum(clip[: 2 * HEAD] ** 2)
    for begin in range(0, len(heard), BLOCK):
        wanted = volume * clip[begin : begin + BLOCK]
        piece = heard[begin : begin + BLOCK]
        off = np.sum((piece - wanted[: len(piece)]) ** 2)
        if off > DIFFERENT * np.sum(wanted**2) + QUIET**2 * len(piece):
            return begin
    return len(heard)


def _is_inside(tone: Part, voices: list[Part]) -> bool:
    middle = (tone.begin + tone.end) // 2
    return any(voice.begin <= middle < voice.end for voice in voices)


def _loud(samples: Samples) -> NDArray[np.bool_]:
    return np.sqrt(np.mean(_frames(samples) ** 2, axis=1)) > QUIET


def _frames(samples: Samples) -> NDArray[np.float64]:
    count = -(-len(samples) // FRAME)
    return np.pad(samples, (0, count * FRAME - len(samples))).reshape(count, FRAME)
