import unittest

from protocol import fragments, frame
from protocol.fragments import Cut
from protocol.frame import BadFrame
from tests.shared.pieces import BOX, HEALTH, ORDER, body, pieces, rebuilt, spoiled, whole

SIGNED = body(93)  # 100 bytes with its header, 102 with its length

# Computed by long multiplication and 1 / (i XOR j), as the README says, with none of this code.
CHECK = 27
PIECE_2 = (
    "1e0d71ce709ac5d2799b2484b456e8bd7c114430d05b8607121d35b3a727f98a6b91ba39d7a37cfdbef1e5ae"
    "0dcbde60c17f9d"
)
PIECE_63 = (
    "b00cc44cf3563e0790c8d4f6441c3f3753e83e0b52d6b2adde20536bc7071faa2cf82a4b5c69aeb131b4ba53"
    "d093a2619ccf97"
)


def subsets(count, size, first=0):
    """Yield every choice of `size` numbers below count, in rising order."""
    if not size:
        yield []
        return
    for one in range(first, count - size + 1):
        for rest in subsets(count, size - 1, one + 1):
            yield [one] + rest


class TestCut(unittest.TestCase):
    def test_a_frame_of_100_bytes_goes_in_two_pieces_of_51_over_a_road_of_70(self):
        cut = Cut(ORDER, SIGNED, 70)
        self.assertEqual(cut.k, 2)
        padded = b"\0\x64" + whole(ORDER, SIGNED)
        dressed = bytes.fromhex("a620ffff0111e0")
        check = fragments.read(cut.fragment(0)).check
        self.assertEqual(cut.fragment(0), dressed + bytes((0, 0x40 | check)) + padded[:51])
        self.assertEqual(cut.fragment(1), dressed + bytes((4, 0x40 | check)) + padded[51:])
        self.assertEqual(len(cut.fragment(2)), len(cut.fragment(0)))

    def test_these_are_the_bytes_of_a_parity_piece(self):
        cut = Cut(ORDER, SIGNED, 70)
        self.assertEqual(fragments.read(cut.fragment(2)).data.hex(), PIECE_2)
        self.assertEqual(fragments.read(cut.fragment(63)).data.hex(), PIECE_63)

    def test_the_check_is_six_bits_of_the_hash_of_the_whole_canonical_frame(self):
        self.assertEqual(fragments.read(Cut(ORDER, SIGNED, 70).fragment(0)).check, CHECK)
        elided = fragments.read(Cut(HEALTH, SIGNED, 70, True).fragment(0), BOX)
        self.assertEqual(elided.check, fragments.read(Cut(HEALTH, SIGNED, 70).fragment(0)).check)

    def test_no_fragment_is_longer_than_the_mtu_and_k_is_as_small_as_may_be(self):
        for length in (66, 113, 114, 115, 116, 300, 593):
            for elided in (False, True):
                cut = Cut(HEALTH, body(length), 70, elided)
                room = 70 - (7 if elided else 9)
                self.assertEqual(cut.k, -(-(2 + 7 + length) // room))
                self.assertTrue(len(cut.fragment(0)) <= 70)

    def test_what_needs_seventeen_pieces_is_refused(self):
        fits = 16 * 20 - 2 - 7
        self.assertEqual(Cut(ORDER, body(fits), 29).k, 16)
        for protected, mtu in ((body(fits + 1), 29), (SIGNED, 9), (SIGNED, 0), (body(594), 300)):
            with self.assertRaises(BadFrame):
                Cut(ORDER, protected, mtu)

    def test_life_has_two_pieces_more_on_its_way_at_once(self):
        self.assertEqual([fragments.parity_up_front(p) for p in range(8)], [3] + 7 * [1])


class TestRebuilding(unittest.TestCase):
    def test_any_k_of_the_pieces_rebuild_the_frame(self):
        for mtu, count in ((60, 8), (46, 7), (40, 7), (23, 10)):
            sent = pieces(ORDER, SIGNED, mtu, count)
            for chosen in subsets(count, sent[0].k):
                some = [sent[i] for i in chosen]
                self.assertEqual(rebuilt(some), whole(ORDER, SIGNED))

    def test_their_order_does_not_matter(self):
        sent = pieces(ORDER, SIGNED, 40)
        self.assertEqual(rebuilt([sent[4], sent[1], sent[6], sent[2]]), whole(ORDER, SIGNED))

    def test_parity_alone_rebuilds_it_from_the_last_indexes_too(self):
        for mtu in (60, 31, 16):
            sent = pieces(ORDER, SIGNED, mtu, 64)
            self.assertEqual(rebuilt(sent[-sent[0].k :]), whole(ORDER, SIGNED))
            self.assertEqual(rebuilt(sent[sent[0].k :][: sent[0].k]), whole(ORDER, SIGNED))

    def test_sixteen_pieces_are_rebuilt_from_every_other_one(self):
        sent = pieces(ORDER, body(300), 29, 32)
        self.assertEqual(sent[0].k, 16)
        self.assertEqual(rebuilt(sent[::2]), whole(ORDER, body(300)))

    def test_the_shortest_and_the_longest_frame_survive(self):
        for length, mtu in ((66, 70), (593, 70), (593, 310)):
            sent = pieces(ORDER, body(length), mtu)
            self.assertEqual(rebuilt(sent[-sent[0].k :]), whole(ORDER, body(length)))


class TestHostilePieces(unittest.TestCase):
    def assert_refused(self, some):
        with self.assertRaises(BadFrame):
            rebuilt(some)

    def test_one_wrong_bit_is_seen_with_nearly_every_piece_and_place(self):
        sent = pieces(ORDER, SIGNED, 40)
        k, seen, tried = sent[0].k, 0, 0
        for at in range(len(sent[0].data)):
            for i in range(k):
                some = sent[1 : 1 + k]
                some[i] = spoiled(some[i], at)
                tried += 1
                try:
                    rebuilt(some)
                except BadFrame:
                    seen += 1
        self.assertTrue(seen >= tried * 15 // 16, (seen, tried))

    def test_a_wrong_check_is_refused(self):
        sent = pieces(ORDER, SIGNED, 70)[:2]
        for check in range(64):
            some = [fragments.Piece(p.header, p.index, p.k, check, p.data) for p in sent]
            if check == sent[0].check:
                self.assertEqual(rebuilt(some), whole(ORDER, SIGNED))
            else:
                self.assert_refused(some)

    def test_another_header_than_the_frames_own_is_refused(self):
        sent = pieces(ORDER, SIGNED, 70)[:2]
        for at in range(len(ORDER)):
            fields = list(ORDER)
            fields[at] = not fields[at] if at == 4 else fields[at] ^ 1
            other = frame.Header(*fields)
            self.assert_refused([fragments.Piece(other, *p[1:]) for p in sent])

    def test_a_length_or_zeros_that_do_not_fit_are_refused(self):
        check = pieces(ORDER, SIGNED, 70)[0].check
        padded = bytearray(b"\0\x63" + whole(ORDER, SIGNED)[:-1] + b"\0")
        for length, last in ((99, 1), (98, 0), (103, 0), (0, 0), (0xFFFF, 0)):
            padded[:2] = length.to_bytes(2, "big")
            padded[-1] = last
            data = (bytes(padded[:51]), bytes(padded[51:]))
            with self.assertRaises(BadFrame):
                fragments.rebuilt(ORDER, 2, check, (0, 1), data)

    def test_one_piece_is_no_fragment_and_none_is_longer_than_a_frame_needs(self):
        head = Cut(ORDER, SIGNED, 70).fragment(0)[:7]
        for k, size in ((1, 10), (2, 302), (16, 39)):
            with self.assertRaises(BadFrame):
                fragments.read(head + ((k - 1) << 6).to_bytes(2, "big") + bytes(size))
        for k, size in ((2, 301), (16, 38)):
            fragments.read(head + ((k - 1) << 6).to_bytes(2, "big") + bytes(size))


if __name__ == "__main__":
    unittest.main()
