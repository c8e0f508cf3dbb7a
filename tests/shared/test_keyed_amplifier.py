import unittest

from drivers.errors import NoReply
from drivers.keyed_amplifier import KeyedAmplifier
from tests.fakes import HEALTHY, FakeAmplifier
from tests.shared.running import run


class NotedPtt:
    """A push to talk that writes into the amplifier's own list what it was told, and when."""

    def __init__(self, asked):
        self._asked = asked

    def key(self):
        self._asked.append("key")

    def release(self):
        self._asked.append("release")


class TestKeyedAmplifier(unittest.TestCase):
    def setUp(self):
        self.amplifier = FakeAmplifier()
        self.asked = self.amplifier.asked
        self.keyed = KeyedAmplifier(self.amplifier, NotedPtt(self.asked))

    def test_it_is_keyed_only_once_it_is_awake(self):
        run(self.keyed.wake(70))
        self.assertEqual(self.asked, [("wake", 70), "key"])

    def test_an_amplifier_that_does_not_wake_is_not_keyed(self):
        self.amplifier.broken = NoReply("nothing came")
        with self.assertRaises(NoReply):
            run(self.keyed.wake(70))
        self.assertEqual(self.asked, [("wake", 70)])

    def test_who_measures_goes_on_keying_even_if_nothing_answers(self):
        run(self.keyed.wake(70))
        self.assertEqual(run(self.keyed.measure()), HEALTHY)
        self.amplifier.broken = NoReply("nothing came")
        with self.assertRaises(NoReply):
            run(self.keyed.measure())
        self.assertEqual(self.asked[2:], ["key", ("measure",), "key", ("measure",)])

    def test_it_is_released_before_it_is_stopped_even_if_that_fails(self):
        run(self.keyed.stop())
        self.amplifier.broken = NoReply("nothing came")
        with self.assertRaises(NoReply):
            run(self.keyed.stop())
        self.assertEqual(self.asked, ["release", ("stop",)] * 2)


if __name__ == "__main__":
    unittest.main()
