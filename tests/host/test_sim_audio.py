"""The audio sink: what goes to the loudspeakers is recorded when and as it was heard."""

import wave

import pytest

from host_tools.sim.recording import Recording
from tests.host import simulators
from tests.host.simulators import datagrams, free_port, lines_of, wait_for

start = simulators.start

TONE = bytes(range(256)) * 6 + bytes(64)  # 1600 bytes: 100 ms
TONE_S = 0.1
BEGUN = 1_700_000_000.0


@pytest.fixture
def amplifier():
    with datagrams() as heard:
        yield heard


@pytest.fixture
def cable(start, amplifier, tmp_path):
    """Return (simulator, send): the sink, and the Box's sound device."""
    port, forward = free_port(), amplifier.getsockname()[1]
    sink = start("audio", "--listen", port, "--forward", forward, "--dir", tmp_path)
    with datagrams() as device:
        yield sink, lambda pcm: device.sendto(pcm, ("127.0.0.1", port))


def samples(folder):
    """Return the sound in the file as any player would, header and all."""
    with wave.open(str(folder / "line.wav")) as file:
        assert file.getparams()[:3] == (1, 2, 8000)
        return file.readframes(file.getnframes())


def stamps(folder):
    return [(line["sample"], line["count"]) for line in lines_of(folder / "stamps.jsonl")]


def test_what_the_box_plays_is_recorded_and_reaches_the_amplifier(cable, amplifier, tmp_path):
    sink, play = cable
    play(TONE)
    assert amplifier.recv(4096) == TONE
    wait_for(lambda: len(stamps(tmp_path)) == 2)
    assert sink.stop() == 0
    assert samples(tmp_path).endswith(TONE)
    first, chunk = lines_of(tmp_path / "stamps.jsonl")
    assert (first["sample"], first["count"], first["rate"]) == (0, 0, 8000)
    assert chunk["count"] == 800
    assert (chunk["t"] - first["t"]) * 8000 > chunk["sample"] - 1


def test_a_player_can_open_the_file_while_it_grows(cable, tmp_path):
    _, play = cable
    play(TONE)
    wait_for(lambda: samples(tmp_path).endswith(TONE))


def test_what_no_sound_device_sends_is_not_sound(cable, amplifier, tmp_path):
    _, play = cable
    for noise in (b"", b"odd", bytes(1602), bytes(1601)):
        play(noise)
    play(TONE)
    assert amplifier.recv(4096) == TONE
    wait_for(lambda: len(stamps(tmp_path)) > 1)
    assert [count for _, count in stamps(tmp_path)] == [0, 800]


def test_a_killed_sink_goes_on_with_the_same_recording(cable, amplifier, tmp_path):
    sink, play = cable
    play(TONE)
    wait_for(lambda: len(stamps(tmp_path)) == 2)
    sink.kill()
    before = (tmp_path / "line.wav").read_bytes()[44:]
    sink.begin()
    play(TONE[::-1])
    amplifier.recv(4096)
    amplifier.recv(4096)
    wait_for(lambda: len(stamps(tmp_path)) == 3)
    sink.stop()
    sound = samples(tmp_path)
    assert sound.startswith(before)
    assert sound.endswith(TONE[::-1])
    assert len(sound) == 2 * sum(stamps(tmp_path)[-1])


def played(folder, *arrivals):
    """Record TONE at each of these seconds after the beginning; return positions."""
    recording = Recording(folder, BEGUN)
    for seconds in arrivals:
        recording.add(TONE, BEGUN + seconds)
    recording.close()
    return [position for position, _ in stamps(folder)[1:]]


def test_jitter_does_not_tear_the_sound(tmp_path):
    assert played(tmp_path, 0.05, 0.1, 0.49, 0.4) == [0, 800, 1600, 2400]
    assert samples(tmp_path) == TONE * 4


def test_silence_between_two_sounds_is_as_long_as_it_was(tmp_path):
    assert played(tmp_path, 1.0, 1.1, 2.5) == [8000, 8800, 20000]
    silence = bytes(2 * (20000 - 9600))
    assert samples(tmp_path) == bytes(16000) + TONE + TONE + silence + TONE


def test_a_second_process_keeps_the_clock_of_the_first(tmp_path):
    played(tmp_path, 0)
    later = Recording(tmp_path, BEGUN + 60)
    later.add(TONE, BEGUN + 62)
    later.close()
    assert stamps(tmp_path) == [(0, 0), (0, 800), (62 * 8000, 800)]
    assert len(samples(tmp_path)) == 2 * (62 * 8000 + 800)


def test_a_recording_has_an_end(tmp_path):
    assert played(tmp_path, 0, 3_000_000) == [0]
    assert samples(tmp_path) == TONE
