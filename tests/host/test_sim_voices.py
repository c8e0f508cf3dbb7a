"""The stand-in voices: as loud as an announcement, and never mistaken for each other."""

import itertools
import subprocess
import sys
import wave

import numpy as np
import pytest

from host_tools.sim import voices
from tests.host.simulators import PATIENCE_S, ROOT

NAMES = ("17", "18", "19", "20", "21", "1", "2", "drill", "flood", "market", "a", "b")


def likeness(one, other):
    """Return the largest normalised cross-correlation of two clips, over every lag."""
    size = 1 << (len(one) + len(other)).bit_length()
    spectrum = np.fft.rfft(one, size) * np.conj(np.fft.rfft(other, size))
    energy = np.sqrt(np.sum(one**2) * np.sum(other**2))
    return np.max(np.abs(np.fft.irfft(spectrum, size))) / energy


@pytest.fixture(scope="module")
def clips():
    return {name: voices.clip(name).astype(float) for name in NAMES}


def test_no_two_clips_can_be_mistaken_for_each_other(clips):
    pairs = itertools.combinations(NAMES, 2)
    assert max(likeness(clips[one], clips[other]) for one, other in pairs) < 0.5


def test_a_clip_is_recognised_anywhere_in_a_longer_sound(clips):
    assert likeness(clips["17"], clips["17"]) == pytest.approx(1)
    air = np.concatenate([np.zeros(9000), clips["18"] * 0.3, np.zeros(4000)])
    assert likeness(air, clips["18"]) == pytest.approx(1)


def test_every_clip_is_as_long_and_as_loud_as_an_announcement(clips):
    for clip in clips.values():
        assert 1.6 <= len(clip) / 8000 <= 2.5
        assert 20 * np.log10(np.sqrt(np.mean(clip**2)) / 32768) == pytest.approx(-12, abs=0.5)
        assert np.max(np.abs(clip)) < 32767


def test_a_voice_never_pauses_long(clips):
    for clip in clips.values():
        levels = np.sqrt(np.mean(clip[: len(clip) // 80 * 80].reshape(-1, 80) ** 2, axis=1))
        silences = [sum(1 for _ in run) for quiet, run in itertools.groupby(levels < 800) if quiet]
        assert max(silences, default=0) * 10 <= 150  # blocks of 10 ms


def test_a_name_has_the_same_voice_every_time(tmp_path):
    command = [sys.executable, "-m", "host_tools.sim.voices", str(tmp_path / "new" / "clips")]
    command += ["--names", "17, drill"]
    subprocess.run(command, cwd=ROOT, capture_output=True, timeout=PATIENCE_S, check=True)
    for name in ("17", "drill"):
        with wave.open(str(tmp_path / "new" / "clips" / f"{name}.wav")) as file:
            assert file.getparams()[:3] == (1, 2, 8000)
            assert file.readframes(10**6) == voices.clip(name).tobytes()


def test_a_name_that_is_a_path_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no clip can be called"):
        voices.save(tmp_path, "../17")
