"""What an ear hears since a moment, in words; the ear is the auditor's."""

import json
from pathlib import Path

from tests.audit import listening
from tests.audit.recording import RATE_HZ, Samples, read_clip, read_recording
from tests.sim.logs import entries

_WHOLE = 0.9  # of its length
_STRANGE_S = 0.2  # the edges of what was cut short may sound strange for so long


def words(sound: Path, box: Path, since: float) -> list[str]:
    """Return what was heard since then (seconds since 1970), in order.

    "tone" or a clip's name, with " cut" behind what was not heard to its end; "?" at the end
    if there was any other sound.  sound is the recorder's folder, box the Box's disk.
    """
    alert = json.loads((box / "settings.json").read_text())["alert"]
    voices = {path.stem: read_clip(path) for path in sorted((box / "clips").glob("*.wav"))}
    lengths = {name: len(clip) for name, clip in voices.items()}
    lengths[listening.TONE] = alert["tone_ms"] * RATE_HZ // 1000
    samples = _samples_since(sound, since)
    parts = listening.parts(samples, alert["tone_hz"], voices)
    strange = listening.strange_s(samples, parts) > _STRANGE_S
    return [_word(part, lengths[part.kind]) for part in parts] + ["?"] * strange


def _samples_since(sound: Path, since: float) -> Samples:
    """Return the samples that arrived from then on."""
    recording = read_recording(sound / "line.wav", entries(sound / "stamps.jsonl"))
    begin = next((c.begin for c in recording.chunks if c.arrived >= since), None)
    return recording.samples[len(recording.samples) if begin is None else begin :]


def _word(part: listening.Part, length: int) -> str:
    whole = part.end - part.begin >= _WHOLE * length
    return part.kind if whole else part.kind + " cut"
