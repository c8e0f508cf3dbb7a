"""The amplifier: a Modbus device that hears what the Box plays and measures what comes out."""

import struct

import numpy as np
import pytest

from host_tools.sim.amplifier_model import Amplifier
from tests.host import simulators
from tests.host.simulators import datagrams, free_port, lines_of, wait_for

start, connect = simulators.start, simulators.connect

ENABLE, VOLUME, COMM_LOSS = 0, 1, 2


def sine(level=1.0, ms=100):
    """Return PCM of a 400 Hz sine; level 1 is full scale."""
    phase = 2 * np.pi * 400 / 8000 * np.arange(8 * ms)
    return np.round(np.sin(phase) * level * 32767).astype("<i2").tobytes()


def checksum(frame):
    """Return the CRC of Modbus over Serial Line V1.02, 6.2.2, low byte first."""
    crc = 0xFFFF
    for byte in frame:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return struct.pack("<H", crc)


class Master:
    """The Box's side of the bus, written from the standard."""

    def __init__(self, wire):
        self.wire = wire

    def ask(self, function, *numbers, to=1):
        """Send a request and return the answer's body; an exception is its code."""
        self.send(function, *numbers, to=to)
        head = self.wire.read(3)
        sizes = {3: head[2] + 2, 4: head[2] + 2, 6: 5, 16: 5}
        rest = self.wire.read(sizes.get(head[1], 2))
        assert checksum(head + rest[:-2]) == rest[-2:]
        assert (head[0], head[1] & 0x7F) == (to, function)
        return head[2] if head[1] & 0x80 else head[2:] + rest[:-2]

    def send(self, function, *numbers, to=1):
        frame = struct.pack(f">BB{len(numbers)}H", to, function, *numbers)
        self.wire.write(frame + checksum(frame))

    def read(self, function, first, count):
        return struct.unpack(f">{count}H", self.ask(function, first, count)[1:])

    def inputs(self):
        """Return status, output in 10 mV, mA, dB(A)."""
        return self.read(4, 0, 4)

    def switch_on(self, volume_pct=100):
        self.ask(6, VOLUME, volume_pct)
        self.ask(6, ENABLE, 1)


@pytest.fixture
def ear():
    return free_port()


@pytest.fixture
def simulator(start, tmp_path, ear):
    files = ("--line", tmp_path / "amplifier", "--log", tmp_path / "amplifier.jsonl")
    return start("amplifier", *files, "--hear", ear)


@pytest.fixture
def bus(simulator, connect, tmp_path):
    return Master(connect(tmp_path / "amplifier"))


@pytest.fixture
def play(ear):
    with datagrams() as device:
        yield lambda pcm: device.sendto(pcm, ("127.0.0.1", ear))


def test_checksums_are_those_of_the_published_examples():
    assert checksum(bytes.fromhex("1103006B0003")).hex() == "7687"
    assert checksum(bytes.fromhex("0207")).hex() == "4112"


def test_what_the_box_plays_comes_out_as_volts_amps_and_sound(simulator, bus, play):
    bus.switch_on()

    def is_loud():
        play(sine())
        return bus.inputs()[1] > 0

    wait_for(is_loud)
    status, centivolts, milliamps, microphone_db = bus.inputs()
    assert status == 1
    assert centivolts == pytest.approx(9970, abs=30)
    assert milliamps == pytest.approx(598, abs=3)
    assert microphone_db == 94


def test_registers_are_kept_and_bounded(simulator, bus):
    assert bus.read(3, 0, 3) == (0, 0, 3)
    assert bus.ask(6, VOLUME, 55) == struct.pack(">HH", VOLUME, 55)
    assert bus.ask(6, VOLUME, 101) == 3
    assert bus.ask(6, COMM_LOSS, 6) == 3
    assert bus.ask(6, ENABLE, 2) == 3
    assert bus.ask(3, 1, 3) == 2
    assert bus.ask(4, 4, 1) == 2
    assert bus.ask(1, 0, 1) == 1
    assert bus.read(3, 0, 3) == (0, 55, 3)


def test_several_registers_are_written_together_or_not_at_all(simulator, bus):
    bus.wire.write(frame := bytes.fromhex("01100000000306000100320005"))
    bus.wire.write(checksum(frame))
    assert bus.wire.read(8)[:6] == bytes.fromhex("011000000003")
    assert bus.read(3, 0, 3) == (1, 50, 5)
    bus.wire.write(frame := bytes.fromhex("01100000000306000000140009"))
    bus.wire.write(checksum(frame))
    assert bus.wire.read(5)[:3] == bytes.fromhex("019003")
    assert bus.read(3, 0, 3) == (1, 50, 5)


def test_it_answers_only_to_its_own_address(simulator, bus):
    bus.send(3, 0, 3, to=7)
    assert bus.wire.hears_nothing()
    bus.send(6, VOLUME, 40, to=0)  # to all: obeyed, never answered
    assert bus.wire.hears_nothing()
    assert bus.read(3, 0, 3) == (0, 40, 3)


def test_what_is_not_a_frame_is_not_answered_and_harms_nothing(simulator, bus):
    bus.wire.write(bytes.fromhex("0103000000"))  # a Box that died in the middle of a request
    assert bus.wire.hears_nothing()
    bus.wire.write(bytes.fromhex("010300000003FFFF"))
    assert bus.wire.hears_nothing()
    assert bus.read(3, 0, 3) == (0, 0, 3)


def test_a_silent_amplifier_obeys_without_a_word(simulator, bus):
    assert simulator.tell("silent") == "ok"
    bus.send(6, VOLUME, 30)
    assert bus.wire.hears_nothing()
    assert simulator.tell("answer") == "ok"
    assert bus.read(3, 0, 3) == (0, 30, 3)


def test_an_amplifier_whose_bus_is_cut_switches_itself_off(simulator, bus, tmp_path):
    bus.ask(6, COMM_LOSS, 1)
    bus.switch_on()
    assert simulator.tell("unplug") == "ok"
    bus.send(3, 0, 3)
    wait_for(lambda: not simulator.state()["enabled"])
    assert simulator.tell("plug") == "ok"
    assert bus.inputs()[0] == 2
    bus.ask(6, ENABLE, 1)
    assert bus.inputs()[0] == 1
    events = [line["event"] for line in lines_of(tmp_path / "amplifier.jsonl") if "event" in line]
    assert events == ["unplug", "comm-loss", "plug"]


def test_the_log_has_every_byte_both_ways(simulator, bus, tmp_path):
    bus.ask(6, VOLUME, 20)
    simulator.tell("line open")
    asked, answered, event = lines_of(tmp_path / "amplifier.jsonl")
    assert (asked["dir"], answered["dir"]) == (">", "<")
    assert asked["hex"] == answered["hex"] == "010600010014d805"
    assert event["event"] == "line open"


def test_a_line_can_only_be_whole_open_or_short(simulator):
    assert simulator.tell("line wet") == "error: expected line ok, open or short, not 'wet'"
    assert simulator.state()["line"] == "ok"


def test_a_box_that_comes_back_finds_the_amplifier(simulator, bus, connect, tmp_path):
    bus.wire.write(b"\x01\x03")
    bus.wire.close()
    simulator.state()  # it has read the half request, however busy the machine is
    again = Master(connect(tmp_path / "amplifier"))
    assert again.wire.hears_nothing(0.1)
    simulator.state()  # and noticed the silence after it
    assert again.read(3, 0, 3) == (0, 0, 3)


def test_a_killed_amplifier_comes_back_switched_off(simulator, bus, connect, tmp_path):
    bus.switch_on()
    simulator.kill()
    simulator.begin()
    assert Master(connect(tmp_path / "amplifier")).read(3, 0, 3) == (0, 0, 3)


class TestOnItsOwn:
    """The amplifier without its bus, under a clock that only the test moves."""

    @pytest.fixture(autouse=True)
    def amplifier(self):
        self.now_s = 100.0
        self.notes = []
        self.device = Amplifier(self.notes.append, lambda: self.now_s)
        self.device.write(ENABLE, [1, 100, 3])

    def hear(self, level):
        self.device.hear(sine(level, 300))
        return self.device.inputs()

    def test_volume_and_level_make_the_volts(self):
        self.device.write(VOLUME, [50])
        _, centivolts, milliamps, microphone_db = self.hear(0.5)
        assert centivolts == pytest.approx(2492, abs=10)
        assert milliamps == pytest.approx(150, abs=1)
        assert microphone_db == 82

    def test_a_quiet_line_is_as_loud_as_the_village(self):
        assert self.device.inputs() == [1, 0, 0, 40]
        assert self.hear(0.0001)[3] == 40

    def test_an_open_line_has_volts_and_no_amps(self):
        self.device.line = "open"
        _, centivolts, milliamps, microphone_db = self.hear(1)
        assert (centivolts > 9900, milliamps, microphone_db) == (True, 0, 40)

    def test_a_short_line_has_amps_and_hardly_volts(self):
        self.device.line = "short"
        _, centivolts, milliamps, microphone_db = self.hear(1)
        assert centivolts == pytest.approx(299, abs=2)
        assert (milliamps, microphone_db) == (2000, 40)

    def test_a_muted_amplifier_has_right_registers_and_no_sound(self):
        self.device.muted = True
        assert self.hear(1) == [1, 0, 0, 40]
        assert self.device.holding == [1, 100, 3]

    def test_switched_off_nothing_comes_out(self):
        self.device.write(ENABLE, [0])
        assert self.hear(1) == [0, 0, 0, 40]

    def test_a_sound_is_over_a_quarter_of_a_second_after_it_was_heard(self):
        self.hear(1)
        self.now_s += 0.25
        assert self.device.inputs()[1] > 9900
        self.now_s += 0.01
        assert self.device.inputs()[1] == 0

    def test_only_the_last_quarter_of_a_second_counts(self):
        self.hear(1)
        self.device.hear(sine(0, 125))
        assert self.device.inputs()[1] == pytest.approx(9970 / 2**0.5, abs=50)

    def test_questions_keep_it_on_and_silence_switches_it_off(self):
        for _ in range(5):
            self.now_s += 2.9
            self.device.asked()
        self.now_s += 3.0
        self.device.watch()
        assert self.device.holding[ENABLE] == 1
        self.now_s += 0.1
        self.device.asked()  # too late
        assert self.device.inputs()[0] == 2
        assert self.notes == ["comm-loss"]
