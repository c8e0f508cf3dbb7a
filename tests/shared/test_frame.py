import unittest

from protocol import frame
from protocol.frame import BadFrame, Header
from protocol.schema import DOWN, UP

CALL = Header(frame.SEALED, UP, 3, 0, True, 4660, 81234)
CALL_BYTES = bytes.fromhex("98181234013d52")  # H0 H1 ADDR SEQ
ORDER = Header(frame.SIGNED, DOWN, 4, 0, False, frame.EVERYBODY, 70112)
ORDER_BYTES = bytes.fromhex("a220ffff0111e0")
SEALED_BODY = bytes(range(9))  # one byte of body, eight of tag
SIGNED_BODY = bytes(65)


class TestHeader(unittest.TestCase):
    def test_a_call_has_these_seven_bytes(self):
        self.assertEqual(frame.canonical(CALL), CALL_BYTES)

    def test_an_order_to_everybody_has_these_seven_bytes(self):
        self.assertEqual(frame.canonical(ORDER), ORDER_BYTES)

    def test_what_was_written_is_read(self):
        for header, protected in ((CALL, SEALED_BODY), (ORDER, SIGNED_BODY)):
            with self.subTest(header=header):
                self.assertEqual(frame.read(frame.write(header, protected)), (header, protected))

    def test_every_field_survives_at_its_ends(self):
        for direction in (UP, DOWN):
            for number, priority, ack_wanted in ((0, 0, False), (30, 7, True)):
                for address, seq in ((0, 0), (0xFFFF, 0xFFFFFF)):
                    header = Header(
                        frame.SEALED, direction, number, priority, ack_wanted, address, seq
                    )
                    with self.subTest(header=header):
                        read, _ = frame.read(frame.write(header, SEALED_BODY))
                        self.assertEqual(read, header)


class TestElidedAddress(unittest.TestCase):
    def test_it_saves_two_bytes_and_is_known_from_the_carrier(self):
        data = frame.write(CALL, SEALED_BODY, elided=True)
        self.assertEqual(data, bytes.fromhex("9918013d52") + SEALED_BODY)
        self.assertEqual(frame.read(data, 4660), (CALL, SEALED_BODY))

    def test_the_canonical_header_is_the_same_on_every_road(self):
        header, _ = frame.read(frame.write(CALL, SEALED_BODY, elided=True), 4660)
        self.assertEqual(frame.canonical(header), CALL_BYTES)

    def test_a_road_that_names_nobody_takes_none(self):
        with self.assertRaises(BadFrame):
            frame.read(frame.write(CALL, SEALED_BODY, elided=True))

    def test_an_address_that_is_there_outweighs_the_carrier(self):
        header, _ = frame.read(frame.write(CALL, SEALED_BODY), 9)
        self.assertEqual(header.address, 4660)


class TestFragmentDress(unittest.TestCase):
    def test_it_is_one_bit_and_two_bytes_behind_the_seq(self):
        data = frame.write_fragment(CALL, 0x1234, b"piece")
        self.assertEqual(data, bytes.fromhex("9c181234013d52") + b"\x12\x34piece")
        self.assertEqual(frame.read_fragment(data), (CALL, 0x1234, b"piece"))

    def test_the_address_may_stay_at_home_too(self):
        data = frame.write_fragment(CALL, 0x1234, b"piece", elided=True)
        self.assertEqual(data, bytes.fromhex("9d18013d52") + b"\x12\x34piece")
        self.assertEqual(frame.read_fragment(data, 4660), (CALL, 0x1234, b"piece"))
        with self.assertRaises(BadFrame):
            frame.read_fragment(data)

    def test_the_canonical_header_knows_of_no_dress(self):
        for elided in (False, True):
            data = frame.write_fragment(CALL, 0xFFFF, b"piece", elided)
            header, _, _ = frame.read_fragment(data, 4660)
            self.assertEqual(frame.canonical(header), CALL_BYTES)

    def test_a_payload_tells_by_its_first_byte_whether_it_is_one(self):
        self.assertTrue(frame.is_fragment(frame.write_fragment(CALL, 0, b"piece")))
        for payload in (b"", b"\x04", b"\x01", CALL_BYTES, frame.write(CALL, SEALED_BODY, True)):
            self.assertFalse(frame.is_fragment(payload))

    def test_what_is_cut_short_or_whole_is_refused(self):
        data = frame.write_fragment(CALL, 0x1234, b"p")
        for bad in [data[:length] for length in range(len(data))] + [CALL_BYTES + SEALED_BODY]:
            with self.subTest(bad=bad):
                with self.assertRaises(BadFrame):
                    frame.read_fragment(bad)

    def test_a_road_has_room_for_its_mtu_without_header_and_dress(self):
        for elided in (False, True):
            room = frame.fragment_room(70, elided)
            self.assertEqual(len(frame.write_fragment(CALL, 0, bytes(room), elided)), 70)


class TestHostileFrames(unittest.TestCase):
    def assert_refused(self, data):
        with self.assertRaises(BadFrame):
            frame.read(data)

    def test_every_truncation_is_refused_or_is_another_shorter_body(self):
        whole = frame.write(CALL, SEALED_BODY)
        for length in range(len(whole)):
            with self.subTest(length=length):
                self.assert_refused(whole[:length])

    def test_a_body_needs_a_byte_beside_its_proof(self):
        self.assert_refused(CALL_BYTES + bytes(8))
        self.assert_refused(ORDER_BYTES + bytes(64))
        frame.read(CALL_BYTES + bytes(9))
        frame.read(ORDER_BYTES + bytes(65))

    def test_six_hundred_bytes_are_taken_and_no_more(self):
        frame.read(CALL_BYTES + bytes(frame.MOST_BYTES - 7))
        self.assert_refused(CALL_BYTES + bytes(frame.MOST_BYTES - 6))

    def test_modes_of_other_releases_are_refused(self):
        for mode in (3, 4, 6, 7):
            with self.subTest(mode=mode):
                self.assert_refused(bytes((0x80 | mode << 4,)) + CALL_BYTES[1:] + bytes(80))

    def test_a_local_frame_is_as_long_as_a_sealed_one(self):
        local = bytes((0x80 | frame.LOCAL << 4,)) + CALL_BYTES[1:]
        self.assert_refused(local + bytes(8))
        self.assertEqual(frame.read(local + SEALED_BODY)[0].mode, frame.LOCAL)

    def test_an_open_frame_is_taken_at_a_console_and_on_no_road(self):
        for data in (b"\x80" + CALL_BYTES[1:] + bytes(80), b"\x81\x18\1\2\3" + bytes(3)):
            with self.subTest(data=data[:7]):
                self.assert_refused(data)
                with self.assertRaises(BadFrame):
                    frame.read(data, 4660)
                self.assertEqual(frame.read(data, 4660, console=True)[0].mode, frame.OPEN)
        with self.assertRaises(BadFrame):
            frame.read(b"\x80" + CALL_BYTES[1:] + bytes(2), console=True)

    def test_type_31_is_reserved(self):
        self.assert_refused(CALL_BYTES[:1] + b"\xf8" + CALL_BYTES[2:] + SEALED_BODY)

    def test_a_fragment_is_not_taken_for_a_frame(self):
        self.assert_refused(bytes((CALL_BYTES[0] | 4,)) + CALL_BYTES[1:] + SEALED_BODY)

    def test_every_bit_of_the_header_changes_the_header_or_refuses(self):
        whole = frame.write(CALL, bytes(80))
        for bit in range(8 * 7):
            data = bytearray(whole)
            data[bit // 8] ^= 0x80 >> bit % 8
            with self.subTest(bit=bit):
                try:
                    header, _ = frame.read(bytes(data), 4660)
                except BadFrame:
                    continue
                self.assertTrue(header != CALL or data[0] & 1)


class TestTargets(unittest.TestCase):
    def test_a_box_hears_its_own_address_its_groups_and_what_is_for_everybody(self):
        for address in (4660, 0xF001, 0xF002, frame.EVERYBODY):
            self.assertTrue(frame.is_for(address, 4660, (0xF001, 0xF002)))

    def test_a_box_hears_nothing_else(self):
        for address in (4661, 0, 0xF003, 0xFFFE):
            self.assertFalse(frame.is_for(address, 4660, (0xF001, 0xF002)))


if __name__ == "__main__":
    unittest.main()
