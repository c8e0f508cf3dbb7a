import unittest

from protocol import containers, frame
from protocol.containers import Relay
from protocol.frame import BadFrame


class TestPacks(unittest.TestCase):
    one, two = b"\x98" + bytes(15), b"\xa2" + bytes(99)

    def test_one_frame_goes_as_it_is(self):
        self.assertEqual(containers.pack([self.one]), self.one)
        self.assertEqual(containers.unpack(self.one), [self.one])

    def test_two_frames_go_behind_their_lengths(self):
        packed = containers.pack([self.one, self.two])
        self.assertEqual(packed, b"\x01\x10" + self.one + b"\x64" + self.two)
        self.assertEqual(containers.unpack(packed), [self.one, self.two])

    def test_sixteen_fit_and_seventeen_do_not(self):
        packed = containers.pack([self.one] * 16)
        self.assertEqual(containers.unpack(packed), [self.one] * 16)
        with self.assertRaises(BadFrame):
            containers.pack([self.one] * 17)
        with self.assertRaises(BadFrame):
            containers.unpack(packed + b"\x10" + self.one)

    def test_nothing_and_too_long_a_frame_do_not_fit(self):
        for frames in ([], [self.one, bytes(256)]):
            with self.assertRaises(BadFrame):
                containers.pack(frames)

    def test_every_truncation_is_refused_or_ends_between_two_frames(self):
        packed = containers.pack([self.one, self.two, self.one])
        ends = (18, 119)
        for length in range(2, len(packed)):
            with self.subTest(length=length):
                if length in ends:
                    containers.unpack(packed[:length])
                    continue
                with self.assertRaises(BadFrame):
                    containers.unpack(packed[:length])

    def test_a_fragment_is_not_packed_and_not_taken_from_a_pack(self):
        fragment = b"\x9c" + bytes(15)
        with self.assertRaises(BadFrame):
            containers.pack([self.one, fragment])
        members = containers.unpack(b"\x01\x10" + self.one + b"\x10" + fragment)
        with self.assertRaises(BadFrame):
            frame.read(members[1])
        frame.read(members[0])

    def test_a_container_in_a_container_costs_only_itself(self):
        inner = containers.pack([self.one, self.one])
        relay = containers.relay(1, 7, self.one)
        members = containers.unpack(b"\x01\x23" + inner + b"\x14" + relay + b"\x10" + self.one)
        for member in members[:2]:
            with self.assertRaises(BadFrame):
                frame.read(member)
        frame.read(members[2])

    def test_every_other_first_byte_is_refused(self):
        for first in range(128):
            if first == 1:
                continue
            with self.subTest(first=first):
                with self.assertRaises(BadFrame):
                    containers.unpack(bytes((first,)) + bytes(20))


class TestRelay(unittest.TestCase):
    one = b"\x98" + bytes(15)

    def assert_refused(self, payload):
        with self.assertRaises(BadFrame):
            containers.unrelay(payload)

    def test_hops_and_the_next_station_stand_before_the_frame(self):
        payload = containers.relay(3, 0x1234, self.one)
        self.assertEqual(payload, b"\x02\x03\x12\x34" + self.one)
        self.assertEqual(containers.unrelay(payload), Relay(3, 0x1234, self.one))

    def test_four_hops_are_too_many(self):
        containers.unrelay(b"\x02\x00\0\1" + self.one)
        for hops in range(4, 256):
            self.assert_refused(bytes((2, hops)) + b"\0\1" + self.one)
        with self.assertRaises(BadFrame):
            containers.relay(4, 1, self.one)

    def test_it_goes_to_one_station(self):
        containers.relay(1, 0xEFFF, self.one)
        for address in (0xF000, 0xFEFF, 0xFFFF):
            with self.assertRaises(BadFrame):
                containers.relay(1, address, self.one)

    def test_an_address_left_out_cannot_be_relayed(self):
        self.assert_refused(b"\x02\x01\0\1\x99" + bytes(13))

    def test_a_fragment_can(self):
        fragment = b"\x9c" + bytes(15)
        payload = containers.relay(1, 1, fragment)
        self.assertEqual(containers.unrelay(payload).frame, fragment)

    def test_containers_are_not_relayed(self):
        for inner in (containers.pack([self.one] * 2), containers.relay(1, 1, self.one), b"\0"):
            with self.assertRaises(BadFrame):
                containers.relay(1, 1, inner)

    def test_what_is_cut_short_or_something_else_is_refused(self):
        for payload in (b"", b"\x02", b"\x02\x01\0\1", self.one, b"\x01\x01\0\1" + self.one):
            self.assert_refused(payload)

    def test_who_does_not_relay_refuses_it(self):
        with self.assertRaises(BadFrame):
            containers.unpack(containers.relay(1, 1, self.one))


if __name__ == "__main__":
    unittest.main()
