import unittest

from firmware.lanes import Lanes
from firmware.slip import Slip
from protocol import messages
from protocol.schema import UP

HOUR_S = 3_600


def slip(name, number=1, priority=None, body_bytes=20, posted_s=0):
    row = messages.row(UP, name)
    made = Slip(number, row, row.priority if priority is None else priority, bytes(body_bytes))
    made.posted_s = posted_s
    return made


class TestLanes(unittest.TestCase):
    def setUp(self):
        self.lanes = Lanes("sbd")
        self.sent = []

    def send(self, waiting, count, now_s=0, again=False):
        """Send so many, each once or for ever again; return the names in order."""
        names = []
        for _ in range(count):
            chosen = self.lanes.first(waiting, now_s)
            names.append(chosen.row.name)
            chosen.went("sbd", 0, 0)
            if not again:
                waiting.remove(chosen)
        return names

    def test_a_call_waits_for_nothing_but_calls(self):
        waiting = [slip("Alarm", n) for n in range(200)] + [slip("Fault", n) for n in range(200)]
        call = slip("Call", 500)
        self.assertEqual(self.send(waiting + [call], 1), ["Call"])

    def test_every_alarm_goes_once_before_any_goes_again_and_before_all_else(self):
        waiting = [slip("Alarm", n) for n in range(20)] + [slip("Playback", 30)]
        self.send(waiting, 20, again=True)
        self.assertEqual([one.tries("sbd") for one in waiting], [1] * 20 + [0])

    def test_while_life_only_goes_again_one_message_in_four_is_of_the_others(self):
        alarms = [slip("Alarm", n) for n in range(20)]
        for one in alarms:
            one.went("sbd", 0, 0)
        names = self.send(alarms + [slip("Fault", 40 + n) for n in range(20)], 40, again=True)
        self.assertEqual(names.count("Fault"), 10)
        new = slip("Alarm", 99)
        self.assertEqual(self.send(alarms + [slip("Fault", 50), new], 1), ["Alarm"])
        self.assertEqual(new.tries("sbd"), 1)

    def test_lanes_share_a_road_eight_to_four_to_two_to_one(self):
        names = ("Playback", "Fault", "Series", "Health")
        waiting = [slip(name) for name in names]
        sent = self.send(waiting, 1_500, again=True)
        shares = [sent.count(name) for name in names]
        for share, weight in zip(shares, (8, 4, 2, 1)):
            self.assertTrue(abs(share - 100 * weight) <= 8, shares)

    def test_a_long_message_waits_until_its_lane_has_earned_it(self):
        waiting = [slip("Health", 1, body_bytes=300), slip("Playback", 2, body_bytes=20)]
        sent = self.send(waiting, 1_000, again=True)
        self.assertTrue(0 < sent.count("Health") < 20)

    def test_what_has_waited_for_hours_counts_as_more_urgent(self):
        waiting = [slip("Health", 1), slip("Playback", 2, posted_s=3 * HOUR_S)]
        sent = self.send(waiting, 100, now_s=3 * HOUR_S, again=True)
        self.assertEqual(sent.count("Health"), 100)  # of one lane now, and the older
        self.lanes = Lanes("sbd")
        waiting = [slip("Health", 1), slip("Playback", 2, posted_s=HOUR_S)]
        sent = self.send(waiting, 100, now_s=HOUR_S, again=True)
        self.assertTrue(0 < sent.count("Health") < 30)

    def test_with_nothing_due_nothing_goes(self):
        self.assertIsNone(self.lanes.first([], 0))


if __name__ == "__main__":
    unittest.main()
