import unittest

from protocol import containers, fragments, frame, messages
from tests.shared.pieces import rebuilt
from tests.village import NEIGHBOUR, in_a_village


def cut(data, mtu=60):
    """Return the first 12 fragments of this frame for a road of this mtu."""
    whole = fragments.Cut(*frame.read(data), mtu)
    return [whole.fragment(index) for index in range(12)]


def spoiled(fragment, at=-1, bits=1):
    data = bytearray(fragment)
    data[at] ^= bits
    return bytes(data)


def put(village, some):
    for data in some:
        village.put(data, "sbd")


class TestOrders(unittest.TestCase):
    def test_a_danger_order_in_pieces_sounds_whichever_come(self):
        async def script(village):
            order = village.county.order("danger")
            sent = cut(order.frame)
            self.assertEqual(fragments.read(sent[0]).k, 2)
            put(village, [sent[3], sent[1], sent[0]])
            await village.pass_s(10)
            self.assertEqual(village.heard(), ["1"])
            self.assertEqual(village.county.fate(order)[-1][1], "played")

        in_a_village(script)

    def test_it_sounds_once_however_often_its_pieces_come(self):
        async def script(village):
            order = village.county.order("danger")
            for _ in range(4):
                put(village, cut(order.frame))
                await village.pass_s(10)
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)

    def test_too_few_pieces_are_silent(self):
        async def script(village):
            put(village, cut(village.county.order("danger").frame)[:1] * 5)
            await village.pass_s(10)
            self.assertEqual(village.heard(), [])

        in_a_village(script)

    def test_a_forged_order_in_pieces_stays_silent_and_the_true_one_sounds(self):
        async def script(village):
            forged = village.county.order("danger", template=2)
            put(village, cut(spoiled(forged.frame)))
            await village.pass_s(10)
            self.assertEqual(village.heard(), [])
            put(village, cut(village.county.order("danger").frame)[:2])
            await village.pass_s(10)
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)

    def test_a_false_piece_that_looks_right_is_left_out_after_the_proof(self):
        async def script(village):
            sent = cut(village.county.order("danger").frame)
            put(village, [looks_right(sent), sent[1]])
            await village.pass_s(10)
            self.assertEqual(village.heard(), [])
            self.assertEqual(village.count("not signed"), 1)
            put(village, sent[2:3])
            await village.pass_s(10)
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)

    def test_pieces_on_ip_are_a_signed_frame_outside_a_carry(self):
        async def script(village):
            for data in cut(village.county.order("danger").frame):
                village.put(data, "ip")
            await village.pass_s(10)
            self.assertEqual(village.heard(), [])
            self.assertEqual(village.count("outside a Carry"), 12)

        in_a_village(script)

    def test_a_thousand_foreign_pieces_do_not_keep_a_danger_order_out(self):
        async def script(village):
            order = cut(village.county.order("danger").frame)[:2]
            foreign = cut(village.county.sealed(messages.Time(1, 2)), 20)[0]
            neighbours = cut(village.county.order("danger", to=NEIGHBOUR).frame)[0]
            for number in range(1000):
                if number in (300, 800):
                    put(village, [order.pop()])
                put(village, [foreign[:4] + number.to_bytes(3, "big") + foreign[7:]])
                put(village, [neighbours[:4] + number.to_bytes(3, "big") + neighbours[7:]])
                if number % 50 == 0:
                    await village.pass_s(0)
            await village.pass_s(10)
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)


class TestSealed(unittest.TestCase):
    def test_a_sealed_frame_in_pieces_is_acknowledged_and_again_if_the_ack_was_lost(self):
        async def script(village):
            data = village.county.sealed(messages.CallTaken(1, 1), ack_wanted=True)
            for expected in (1, 2, 3):
                put(village, cut(data, 20)[:3])
                await village.pass_s(5)
                self.assertEqual(acks(village), expected)

        in_a_village(script)

    def test_what_is_not_for_this_box_takes_no_room(self):
        async def script(village):
            order = village.county.order("danger").frame
            strange = [
                cut(village.county.order("danger", to=NEIGHBOUR).frame)[0],
                spoiled(cut(order)[0], 0, 2),  # upward
                spoiled(cut(order)[0], 0, 0x30),  # an Order that is sealed
                spoiled(cut(order)[0], 8, 0x40),  # k = 1
            ]
            for data in strange:
                before = len(village.lines.lines)
                put(village, [data])
                await village.pass_s(1)
                self.assertEqual(village.count("refused") > 0, True)
                self.assertEqual(len(village.lines.lines), before + 1)

        in_a_village(script)

    def test_a_fragment_in_a_pack_costs_only_itself(self):
        async def script(village):
            order = village.county.order("danger").frame
            fragment = cut(order)[0]
            pack = b"\x01" + bytes((len(fragment),)) + fragment + bytes((len(order),)) + order
            self.assertEqual(containers.unpack(pack), [fragment, order])
            put(village, [pack])
            await village.pass_s(10)
            self.assertEqual(village.count("a fragment is no frame"), 1)
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)


class TestMore(unittest.TestCase):
    def test_the_county_is_asked_for_what_no_longer_comes_twice_at_most(self):
        async def script(village):
            order = village.county.order("danger")
            sent = cut(order.frame, 40)
            missing = fragments.read(sent[0]).k - 2
            put(village, sent[:2])
            await village.pass_s(100)
            self.assertEqual(village.county.said("More"), [])
            await village.pass_s(200)
            seq = frame.read(order.frame)[0].seq
            asked = [(more.seq, more.missing) for more in village.county.said("More")]
            self.assertEqual(asked, [(seq, missing)])
            await village.pass_s(1000)
            self.assertEqual(len(village.county.said("More")), 2)
            put(village, sent[5 : 5 + missing])
            await village.pass_s(10)
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)

    def test_nothing_is_asked_of_what_is_whole_or_not_for_this_box(self):
        async def script(village):
            put(village, cut(village.county.order("danger").frame)[:5])
            put(village, cut(village.county.order("danger", to=NEIGHBOUR).frame)[:1])
            await village.pass_s(1000)
            self.assertEqual(village.county.said("More"), [])

        in_a_village(script)


def looks_right(sent):
    """Return the first of these fragments with an error that the check does not see."""
    for at in range(-30, 0):
        for bits in range(1, 256):
            false = spoiled(sent[0], at, bits)
            try:
                rebuilt([fragments.read(false), fragments.read(sent[1])])
            except frame.BadFrame:
                continue
            return false
    raise AssertionError("the check sees everything")


def acks(village):
    """Return how many frames with an Ack the county got."""
    return sum(
        [len(row.roads) for row in village.county.rows if type(row.message) is messages.Ack]
    )


if __name__ == "__main__":
    unittest.main()
