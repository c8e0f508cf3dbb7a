import unittest

from protocol import messages
from tests.village import in_a_village

HEARTBEAT_S = 900
HEALTH = messages.make("Query", what="health")


class TestHealth(unittest.TestCase):
    def told(self, village):
        """Return the kinds of the reports of how the Box is, in the order they came."""
        rows = [type(row.message).__name__ for row in village.county.rows]
        return [kind for kind in rows if kind in ("Health", "HealthDelta")]

    def test_what_the_county_knows_is_not_told_again(self):
        async def script(village):
            await village.pass_s(4 * HEARTBEAT_S + 60)
            self.assertEqual(self.told(village), ["Health"] + ["HealthDelta"] * 4)
            self.assertEqual(village.county.said("HealthDelta")[0].changed & 1 << 11, 0)
            self.assertEqual(
                (village.county.health().uptime_h, village.county.health().queue), (1, 0)
            )

        in_a_village(script)

    def test_after_a_start_everything_is_told(self):
        async def script(village):
            await village.pass_s(HEARTBEAT_S + 60)
            await village.cut_power()
            await village.pass_s(60)
            self.assertEqual(self.told(village), ["Health", "HealthDelta", "Health"])

        in_a_village(script)

    def test_while_a_report_is_not_acknowledged_everything_is_told(self):
        async def script(village):
            village.county.acknowledges = False
            await village.pass_s(3 * HEARTBEAT_S + 60)
            self.assertEqual(set(self.told(village)[2:]), {"Health"})
            village.county.acknowledges = True
            await village.pass_s(2 * HEARTBEAT_S)
            self.assertEqual(self.told(village)[-1], "HealthDelta")
            village.county.health()  # and each has the base it says

        in_a_village(script)

    def test_a_county_that_asks_is_told_everything_and_once(self):
        async def script(village):
            await village.pass_s(60)
            question = village.county.sealed(HEALTH, ack_wanted=True)
            village.put(question)
            await village.pass_s(60)
            self.assertEqual(self.told(village), ["Health", "Health"])
            village.put(question)
            await village.pass_s(60)
            self.assertEqual(self.told(village), ["Health", "Health"])
            self.assertEqual(village.journal()[-1], "ip: refused: a question of before")
            village.put(village.county.sealed(HEALTH))
            await village.pass_s(60)
            self.assertEqual(self.told(village), ["Health"] * 3)

        in_a_village(script)

    def test_a_county_that_asks_how_it_started_is_told(self):
        async def script(village):
            await village.pass_s(60)
            before = len(village.county.said("Boot"))
            village.put(village.county.sealed(messages.make("Query", what="boot")))
            await village.pass_s(60)
            boots = village.county.said("Boot")
            self.assertEqual(len(boots), before + 1)
            self.assertEqual(boots[-1], boots[-2])

        in_a_village(script)

    def test_what_was_told_on_cut_roads_fits_together_when_they_are_open(self):
        async def script(village):
            await village.pass_s(60)
            village.set_roads()
            await village.press()
            await village.pass_s(3 * HEARTBEAT_S)
            village.set_roads("ip", "sbd")
            await village.pass_s(3 * HEARTBEAT_S)
            self.assertEqual(village.county.health().queue, 0)
            self.assertEqual(self.told(village)[-1], "HealthDelta")

        in_a_village(script)


if __name__ == "__main__":
    unittest.main()
