import asyncio
import unittest

from drivers.modems.keep_alive import KEEP_ALIVE
from drivers.modems.udp import UdpModem
from drivers.outcomes import REFUSED, SENT
from protocol import containers
from tests.fakes import FakeClock, settle
from tests.shared.running import run


class Network:
    """Sockets that remember what was sent and when, in s; down, it has none."""

    def __init__(self, clock):
        self.sent = []
        self.down = False
        self._clock = clock

    def open(self):
        if self.down:
            raise OSError(101, "the network is down")
        return self

    def send(self, data):
        if self.down:
            raise OSError(101, "the network is down")
        self.sent.append((self._clock.ticks_ms() // 1000, data))


class TestUdp(unittest.TestCase):
    def play(self, script):
        async def played():
            clock = FakeClock()
            network = Network(clock)
            modem = UdpModem(network.open, clock)
            service = asyncio.create_task(modem.run())
            try:
                await script(clock, network, modem)
                self.assertFalse(service.done(), "the service has ended")
            finally:
                service.cancel()
                await settle()

        run(played())

    def test_a_quiet_road_carries_one_byte_every_45_s(self):
        async def script(clock, network, modem):
            await clock.advance(180_000)
            self.assertEqual(network.sent, [(at, KEEP_ALIVE) for at in (45, 90, 135, 180)])

        self.play(script)

    def test_a_road_in_use_carries_none(self):
        async def script(clock, network, modem):
            for _ in range(10):
                await clock.advance(44_000)
                self.assertEqual((await modem.send(b"\x98")).word, SENT)
            self.assertNotIn(KEEP_ALIVE, [data for _, data in network.sent])

        self.play(script)

    def test_a_network_that_is_down_is_not_asked_more_often(self):
        async def script(clock, network, modem):
            network.down = True
            self.assertEqual((await modem.send(b"\x98")).word, REFUSED)
            await clock.advance(100_000)
            network.down = False
            await clock.advance(44_000)
            self.assertEqual(network.sent, [(135, KEEP_ALIVE)])

        self.play(script)

    def test_a_datagram_may_go_at_any_time(self):
        async def script(clock, network, modem):
            self.assertEqual(modem.wait_ms(), 0)

        self.play(script)


class TestByte(unittest.TestCase):
    def test_the_county_calls_it_the_same(self):
        self.assertEqual(KEEP_ALIVE, containers.KEEP_ALIVE)

    def test_a_day_of_them_is_little(self):
        self.assertLess(86_400 // 45 * len(KEEP_ALIVE), 100_000)

    def test_it_is_no_payload(self):
        with self.assertRaises(ValueError):
            containers.unpack(KEEP_ALIVE)


if __name__ == "__main__":
    unittest.main()
