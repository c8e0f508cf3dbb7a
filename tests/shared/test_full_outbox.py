import unittest

from drivers.lamp import CALLING
from firmware import slip
from firmware.slip import Slip
from protocol import messages
from protocol.calendar import order_id
from protocol.schema import UP
from tests.village import LIVE, in_a_village

MANY = 214  # playbacks: two more, and only calls and alarms find room


def full_of_playbacks():
    """Return what a store holds whose Box was told of many orders while all roads were cut."""
    row = messages.row(UP, "Playback")
    for number in range(1, MANY + 1):
        played = messages.make("Playback", stage="verified", order=order_id(LIVE, 1_000 + number))
        waiting = Slip(number, row, row.priority, messages.encode(UP, played))
        yield b"S" + number.to_bytes(4, "big"), slip.record(waiting)


class TestFullOutbox(unittest.TestCase):
    def test_reports_of_orders_without_end_stop_no_service_and_keep_no_call_out(self):
        async def script(village):
            orders = [village.county.order("danger", template=77) for _ in range(4)]
            for order in orders:
                village.tell(order)
                await village.pass_s(4)
            await village.press()
            await village.pass_s(1)
            self.assertEqual(village.lamp(), CALLING)
            self.assertEqual(village.count("crashed"), 0)
            self.assertEqual(village.count("sentinel: store_full opened"), 1)
            village.set_roads("ip")
            await village.pass_s(70)
            ends = [p for p in village.county.said("Playback") if p.stage == "finished"]
            self.assertEqual([p.order for p in ends], [order.order_id for order in orders])
            self.assertEqual(len(village.county.said("Call")), 1)
            self.assertEqual(village.count("sentinel: store_full cleared"), 1)

        in_a_village(script, roads=(), kept=full_of_playbacks())


if __name__ == "__main__":
    unittest.main()
