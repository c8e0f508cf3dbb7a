import unittest

from drivers.amplifier import Amplifier, Reading
from drivers.errors import BadReply
from drivers.maps import MAPS, find
from drivers.maps.check import check
from tests.shared.running import run

# Another make: volume 0 to 255, volts in 100 mV among the holding registers, no microphone.
OTHER = {
    "baud": 19200,
    "stop_guaranteed_by": "enable_line",
    "enable": {"register": 0x0100, "on": 0xFF00, "off": 0},
    "volume_pct": {"register": 0x0010, "scale": (100, 255)},
    "measured_in": "holding",
    "volts_mv": {"register": 0x0022, "scale": (100, 1)},
    "amps_ma": {"register": 0x0020, "scale": (1, 2)},
}


class FakeBus:
    """Registers that remember; stuck ones keep their value whatever is written."""

    def __init__(self, holding=(), measured=()):
        self.tables = {"holding": dict(holding), "input": dict(measured)}
        self.stuck = ()
        self.written = []
        self.insisted = []

    async def read(self, slave, table, first, count, insist=False):
        self.insisted.append(insist)
        return tuple(self.tables[table].get(first + i, 0) for i in range(count))

    async def write(self, slave, first, values, insist=False):
        self.insisted.append(insist)
        for register, value in enumerate(values, first):
            self.written.append((register, value))
            if register not in self.stuck:
                self.tables["holding"][register] = value


class TestAmplifier(unittest.TestCase):
    def test_the_comm_loss_timeout_and_the_volume_are_set_before_the_output_is_on(self):
        bus = FakeBus()
        run(Amplifier(bus, 1, find("line_60w")).wake(80))
        self.assertEqual(bus.written, [(1, 80), (2, 3), (0, 1)])

    def test_a_register_that_did_not_take_its_value_is_named(self):
        for register, name in ((0, "enable"), (1, "volume_pct"), (2, "comm_loss_ms")):
            bus = FakeBus()
            bus.stuck = (register,)
            with self.assertRaises(BadReply) as caught:
                run(Amplifier(bus, 1, find("line_60w")).wake(80))
            self.assertIn(name + " reads 0, not", str(caught.exception))

    def test_what_is_measured_comes_in_volts_and_amps(self):
        bus = FakeBus(measured={0: 1, 1: 8_123, 2: 487, 3: 92})
        reading = run(Amplifier(bus, 1, find("line_60w")).measure())
        self.assertEqual(reading, Reading(81_230, 487, 92))

    def test_a_microphone_that_is_not_fitted_is_none(self):
        bus = FakeBus(measured={1: 1, 2: 2, 3: 0})
        reading = run(Amplifier(bus, 1, find("line_60w")).measure())
        self.assertIsNone(reading.microphone_db)

    def test_stop_is_seen_to_be_stopped(self):
        bus = FakeBus(holding={0: 1})
        amplifier = Amplifier(bus, 1, find("line_60w"))
        run(amplifier.stop())
        self.assertEqual(bus.tables["holding"][0], 0)
        bus.tables["holding"][0] = 1
        bus.stuck = (0,)
        with self.assertRaises(BadReply):
            run(amplifier.stop())

    def test_wake_and_stop_ask_even_an_amplifier_that_rests_and_measure_does_not(self):
        bus = FakeBus()
        amplifier = Amplifier(bus, 1, find("line_60w"))
        run(amplifier.wake(10))
        run(amplifier.stop())
        self.assertTrue(all(bus.insisted))
        run(amplifier.measure())
        self.assertFalse(bus.insisted[-1])

    def test_a_second_make_of_amplifier_needs_no_code(self):
        bus = FakeBus(holding={0x20: 900, 0x22: 700})
        amplifier = Amplifier(bus, 7, check(OTHER))
        run(amplifier.wake(80))
        self.assertEqual(bus.written, [(0x10, 204), (0x100, 0xFF00)])
        self.assertEqual(run(amplifier.measure()), Reading(70_000, 450, None))

    def test_an_address_no_amplifier_can_have_is_refused_at_the_start(self):
        for address in (0, 248):
            with self.assertRaises(ValueError):
                Amplifier(FakeBus(), address, find("line_60w"))


class TestMaps(unittest.TestCase):
    def test_every_map_we_ship_is_complete(self):
        for name in sorted(MAPS):
            with self.subTest(name=name):
                self.assertIs(check(MAPS[name]), MAPS[name])

    def test_a_mistake_in_a_map_is_named(self):
        mistakes = (
            ("baud", "fast"),
            ("stop_guaranteed_by", "hope"),
            ("enable", None),
            ("enable.register", -1),
            ("enable.off", 1),
            ("volume_pct.scale", (1, 0)),
            ("comm_loss_ms", None),
            ("comm_loss_ms.value", 6_000),
            ("measured_in", "coils"),
            ("volts_mv.scale", 10),
            ("volts_mv.register", 0x4000),
            ("amps_ma.register", 70_000),
            ("microphone_db.absent", "none"),
        )
        for key, value in mistakes:
            with self.subTest(key=key):
                with self.assertRaises(ValueError) as caught:
                    check(changed(MAPS["line_60w"], key, value))
                self.assertEqual(str(caught.exception).split(":")[0], key)

    def test_an_unknown_map_is_answered_with_those_there_are(self):
        with self.assertRaises(ValueError) as caught:
            find("line_60")
        self.assertIn("line_60w", str(caught.exception))


def changed(register_map, key, value):
    """Return a copy of a map where one key, or `entry.key`, is something else."""
    copy = dict(register_map)
    if "." in key:
        entry, key = key.split(".")
        copy[entry] = dict(copy[entry])
        copy[entry][key] = value
    else:
        copy[key] = value
    return copy


if __name__ == "__main__":
    unittest.main()
