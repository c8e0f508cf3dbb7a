"""Stand-ins for recorded announcements: a synthetic voice that babbles and speaks no language.

The demo needs clips that no microphone has recorded yet.  Each name gets syllables, pitch and
pace of its own, always the same for the same name, so that a listener or an auditor can tell
the clips apart.  They carry no words: a village gets real recordings.
"""

import hashlib
import re
import wave
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

Samples = NDArray[np.float64]

RATE_HZ = 8000
LEVEL = 10 ** (-12 / 20)  # RMS of full scale while voiced
HIGHEST_HZ = 3600
NAME = re.compile(r"[A-Za-z0-9_-]{1,24}")

# The first three formants of English vowels, men's averages, in Hz: Peterson and Barney, 1952.
VOWELS = (
    (270, 2290, 3010),
    (390, 1990, 2550),
    (530, 1840, 2480),
    (660, 1720, 2410),
    (730, 1090, 2440),
    (570, 840, 2410),
    (440, 1020, 2240),
    (300, 870, 2240),
    (640, 1190, 2390),
    (490, 1350, 1690),
)
WIDTHS_HZ = (70, 100, 140)
STRENGTHS = (1.0, 0.6, 0.3)
SYLLABLES = (8, 10)
SYLLABLE_MS = (165, 200)
ONSET_MS = 45  # the consonant: a burst of noise instead of a pause
EDGE_MS = 12
PITCH_HZ = (95, 230)
BEND = 0.25  # how far the pitch moves within a syllable


def clip(name: str) -> NDArray[np.int16]:
    """Return the clip of this name: 1.6 to 2.5 s of mono samples, 8000 Hz, the same every time."""
    seed = hashlib.sha256(name.encode()).digest()
    chance = np.random.default_rng(list(seed))
    pitch_hz = chance.uniform(*PITCH_HZ)
    count = chance.integers(SYLLABLES[0], SYLLABLES[1] + 1)
    voice = np.concatenate([_syllable(chance, pitch_hz) for _ in range(count)])
    return np.round(_loud(voice) * 32767).astype("<i2")


def save(folder: Path, name: str) -> Path:
    """Write FOLDER/NAME.wav and return its path; ValueError if no file can have this name."""
    if not NAME.fullmatch(name):
        raise ValueError(f"no clip can be called {name[:40]!r}")
    path = folder / f"{name}.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(clip(name).tobytes())
    return path


def _syllable(chance: np.random.Generator, pitch_hz: float) -> Samples:
    """Return a consonant and a vowel that glides towards another one."""
    length = int(chance.uniform(*SYLLABLE_MS) * RATE_HZ / 1000)
    begin, end = chance.choice(len(VOWELS), 2, replace=False)
    glide = np.linspace(0, 0.5, length)[:, None]
    formants = np.array(VOWELS[begin]) * (1 - glide) + np.array(VOWELS[end]) * glide
    low, high = chance.uniform(1 - BEND, 1 + BEND, 2)
    pitch = pitch_hz * np.linspace(low, high, length)
    return _onset(chance, _vowel(pitch, formants))


def _vowel(pitch_hz: Samples, formants_hz: Samples) -> Samples:
    """Return harmonics of the pitch, each as loud as the mouth lets it through just then."""
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    sound = np.zeros(len(pitch_hz))
    for number in range(1, int(HIGHEST_HZ / pitch_hz.min()) + 1):
        harmonic_hz = number * pitch_hz
        audible = harmonic_hz < HIGHEST_HZ
        # Phases that grow with the square spread the peaks out (Schroeder, 1970).
        wave_ = np.sin(number * phase + np.pi * number**2 / 20)
        sound += audible * wave_ * _mouth(harmonic_hz, formants_hz) / number
    return sound / np.sqrt(np.mean(sound**2))


def _mouth(hz: Samples, formants_hz: Samples) -> Samples:
    """Return how loud a sound of this frequency comes through resonances at these formants."""
    passed = np.full(len(hz), 0.02)
    for index, (width, strength) in enumerate(zip(WIDTHS_HZ, STRENGTHS, strict=True)):
        passed += strength / (1 + ((hz - formants_hz[:, index]) / width) ** 2)
    return passed


def _onset(chance: np.random.Generator, vowel: Samples) -> Samples:
    """Return the vowel behind a short burst of noise; the edges are smooth."""
    burst_length = ONSET_MS * RATE_HZ // 1000
    burst = np.diff(chance.normal(size=burst_length + 1)) * chance.uniform(0.3, 0.7)
    sound = np.concatenate([burst, vowel])
    edge = np.linspace(0, 1, EDGE_MS * RATE_HZ // 1000)
    sound[: len(edge)] *= edge
    sound[-len(edge) :] *= edge[::-1]
    return sound


def _loud(sound: Samples) -> Samples:
    """Return it at -12 dBFS with its peaks rounded off below full scale."""
    rounded = np.tanh(sound / np.sqrt(np.mean(sound**2)) * 0.6)
    return rounded * LEVEL / np.sqrt(np.mean(rounded**2))


def main(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="where NAME.wav goes")],
    names: Annotated[str, typer.Option(help="comma-separated, such as 17,18,drill")],
) -> None:
    """Write demo clips, one WAV for each name: a synthetic voice that speaks no language."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names.split(","):
        try:
            print(save(folder, name.strip()))
        except ValueError as why:
            raise typer.BadParameter(str(why)) from None


if __name__ == "__main__":
    typer.run(main)
