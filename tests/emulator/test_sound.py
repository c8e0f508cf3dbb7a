"""What comes out of the I2S pins while the loop is busy: every sample once, and no hole."""

import numpy as np

from drivers.audio.tones import Silence, Tone
from host_tools.sim.chip import flash_file
from host_tools.sim.chip.board import I2S
from host_tools.sim.chip.chip import Chip
from host_tools.sim.chip.i2s import I2sEar
from tests.emulator import bench
from tests.emulator.bench import Bench

ON_CHIP = bench.ROOT / "tests" / "emulator" / "on_chip" / "sound.py"
PARTS = (Tone(800, 1601), Silence(99), Tone(800, 1613))


def played():
    """Return (the samples that sounded, what the chip said in the end)."""
    board = Bench(Chip(flash_file.fresh(bench.image())))
    board.stop_the_box()
    samples: list[int] = []
    I2sEar(board.chip.mcu, *I2S).on_sample = lambda left, _right: samples.append(left)
    said = board.exec(ON_CHIP.read_text())
    return np.trim_zeros(np.array(samples, "<i2")), said.output.strip() + said.error


def test_a_busy_loop_puts_no_hole_into_what_sounds_and_nothing_is_left_over():
    heard, said = played()
    assert said == "None"
    wanted = np.trim_zeros(np.frombuffer(b"".join(map(_read, PARTS)), "<i2"))
    differs = np.flatnonzero(heard[: len(wanted)] != wanted[: len(heard)])
    assert not len(differs), f"otherwise from {differs[0] / 8:.0f} ms on"
    assert len(heard) == len(wanted)


def _read(source):
    pcm = bytearray(2 * source.samples)
    assert source.readinto(memoryview(pcm)) == len(pcm)
    return bytes(pcm)
