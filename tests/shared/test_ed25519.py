"""What the Box takes for the county's signature, and what never."""

import unittest
from binascii import unhexlify

from protocol.ed25519 import PLAIN, Arithmetic, Verifier, verify, verify_steps
from protocol.edwards25519 import ORDER, decoded_steps
from protocol.steps import finished
from tests.shared.arithmetics import ARITHMETICS
from tests.shared.ed25519_vectors import DISPUTED, REFERENCE_ORDER, RFC_8032

KEY, MESSAGE, SIGNATURE = [unhexlify(text) for text in RFC_8032[2][1:]]
VERIFIERS = [Verifier(arithmetic=arithmetic) for arithmetic in ARITHMETICS]
OTHER_KEY = unhexlify(RFC_8032[0][1])
NEUTRAL = b"\x01" + bytes(31)  # the point that adds nothing: a key of order one


class TestGenuine(unittest.TestCase):
    def test_the_signatures_of_rfc_8032_are_genuine(self):
        for name, *texts in RFC_8032:
            with self.subTest(name=name):
                key, message, signature = [unhexlify(text) for text in texts]
                self.assertEqual(verdicts(key, message, signature), {True})

    def test_an_order_of_60_characters_is_genuine_and_no_other_text_is(self):
        key, signed, signature = [unhexlify(text) for text in REFERENCE_ORDER]
        self.assertIs(verify(key, signed, signature), True)
        self.assertEqual(verdicts(key, signed, signature), {True})
        self.assertEqual(verdicts(key, with_bit_changed(signed, 60), signature), {False})

    def test_a_signature_is_for_one_message_and_by_one_key(self):
        self.assertEqual(verdicts(KEY, MESSAGE + b"\x00", SIGNATURE), {False})
        self.assertEqual(verdicts(KEY, b"", SIGNATURE), {False})
        self.assertEqual(verdicts(OTHER_KEY, MESSAGE, SIGNATURE), {False})

    def test_one_changed_bit_in_any_byte_is_a_forgery(self):
        for position in range(64):
            with self.subTest(signature=position):
                forged = with_bit_changed(SIGNATURE, position)
                self.assertEqual(verdicts(KEY, MESSAGE, forged), {False})
        for position in range(32):
            with self.subTest(key=position):
                stranger = with_bit_changed(KEY, position)
                self.assertEqual(verdicts(stranger, MESSAGE, SIGNATURE), {False})
        self.assertEqual(verdicts(KEY, MESSAGE, SIGNATURE), {True})

    def test_a_wrong_length_is_a_forgery_and_no_error(self):
        for key in (b"", KEY[:31], KEY + b"\x00"):
            self.assertEqual(verdicts(key, MESSAGE, SIGNATURE), {False})
        for key in (b"", NEUTRAL[:31], NEUTRAL + b"\x00"):
            self.assertEqual(verdicts(key, MESSAGE, NEUTRAL + bytes(32)), {False})
        for signature in (b"", SIGNATURE[:32], SIGNATURE[:63], SIGNATURE + b"\x00", SIGNATURE * 2):
            self.assertEqual(verdicts(KEY, MESSAGE, signature), {False})


class TestDisputed(unittest.TestCase):
    """The verdicts of OpenSSL, which judges at the county; tests/host asks it again."""

    def test_the_box_and_the_county_agree_where_others_do_not(self):
        for name, verdict, *texts in DISPUTED:
            with self.subTest(name=name):
                key, message, signature = [unhexlify(text) for text in texts]
                self.assertEqual(verdicts(key, message, signature), {verdict})

    def test_the_same_signature_with_s_plus_the_order_is_refused(self):
        s = int.from_bytes(SIGNATURE[32:], "little")
        for times in (1, 2, 7):
            again = (s + times * ORDER).to_bytes(32, "little")
            self.assertEqual(verdicts(KEY, MESSAGE, SIGNATURE[:32] + again), {False})

    def test_s_must_be_below_the_order_even_where_nothing_else_matters(self):
        found = [
            verdicts(NEUTRAL, MESSAGE, NEUTRAL + s.to_bytes(32, "little"))
            for s in (0, ORDER, 2 * ORDER, 15 * ORDER)
        ]
        self.assertEqual(found, [{True}, {False}, {False}, {False}])

    def test_a_key_that_adds_nothing_may_be_written_in_four_ways(self):
        no_signature = NEUTRAL + bytes(32)
        one_and_p = unhexlify("ee" + "ff" * 30 + "7f")
        for key in (NEUTRAL, one_and_p, with_sign(NEUTRAL), with_sign(one_and_p)):
            self.assertEqual(verdicts(key, MESSAGE, no_signature), {True})

    def test_r_may_be_written_in_one_way_only(self):
        one_and_p = unhexlify("ee" + "ff" * 30 + "7f")
        for r in (one_and_p, with_sign(NEUTRAL), with_sign(one_and_p)):
            self.assertEqual(verdicts(NEUTRAL, MESSAGE, r + bytes(32)), {False})

    def test_zeros_are_the_signature_of_a_zero_key_now_and_then(self):
        found = [verdicts(bytes(32), message, bytes(64)) for message in (b"", b"a", b"b", b"c")]
        self.assertEqual(found, [{False}, {False}, {True}, {False}])

    def test_a_key_that_names_no_point_signs_nothing(self):
        for key in (b"\x02" + bytes(31), unhexlify("ef" + "ff" * 30 + "7f")):
            self.assertIsNone(finished(decoded_steps(key, PLAIN.squared)))
            self.assertEqual(verdicts(key, MESSAGE, NEUTRAL + bytes(32)), {False})


class TestSteps(unittest.TestCase):
    def test_others_may_work_between_the_steps(self):
        steps, verdict = counted(verify_steps(KEY, MESSAGE, SIGNATURE))
        self.assertIs(verdict, True)
        self.assertGreater(steps, 40)
        self.assertLess(steps, 60)

    def test_a_longer_message_is_more_steps_not_longer_ones(self):
        short, _ = counted(verify_steps(KEY, MESSAGE, SIGNATURE))
        long, _ = counted(verify_steps(KEY, MESSAGE + bytes(1280), SIGNATURE))
        self.assertEqual(long - short, 50)

    def test_a_known_key_is_verified_in_fewer_steps(self):
        verifier = Verifier()
        first, _ = counted(verifier.verify_steps(KEY, MESSAGE, SIGNATURE))
        second, verdict = counted(verifier.verify_steps(KEY, MESSAGE, SIGNATURE))
        self.assertLess(second, first)
        self.assertIs(verdict, True)

    def test_only_the_last_keys_are_kept(self):
        verifier = Verifier(keys_kept=2)
        keys = [unhexlify(row[1]) for row in RFC_8032[:3]]
        for key in keys:
            verifier.verify(key, MESSAGE, SIGNATURE)
        known, _ = counted(verifier.verify_steps(keys[1], MESSAGE, SIGNATURE))
        forgotten, _ = counted(verifier.verify_steps(keys[0], MESSAGE, SIGNATURE))
        self.assertGreater(forgotten, known)

    def test_a_box_short_of_memory_may_keep_no_key_at_all(self):
        verifier = Verifier(keys_kept=0)
        first, _ = counted(verifier.verify_steps(KEY, MESSAGE, SIGNATURE))
        verifier.verify(OTHER_KEY, MESSAGE, SIGNATURE)
        second, verdict = counted(verifier.verify_steps(KEY, MESSAGE, SIGNATURE))
        self.assertEqual(first, second)
        self.assertIs(verdict, True)

    def test_two_signatures_may_take_turns(self):
        for arithmetic in ARITHMETICS:
            verifier = Verifier(arithmetic=arithmetic)
            both = [
                verifier.verify_steps(KEY, MESSAGE, SIGNATURE),
                verifier.verify_steps(KEY, MESSAGE, with_bit_changed(SIGNATURE, 40)),
            ]
            self.assertEqual(verdicts_in_turns(both), [True, False])

    def test_a_board_may_take_longer_steps(self):
        fields = PLAIN[:3] + (20,) + PLAIN[4:]
        verifier = Verifier(arithmetic=Arithmetic(*fields))
        few, verdict = counted(verifier.verify_steps(KEY, MESSAGE, SIGNATURE))
        many, _ = counted(verify_steps(KEY, MESSAGE, SIGNATURE))
        self.assertIs(verdict, True)
        self.assertLess(few, many - 15)

    def test_what_was_begun_and_dropped_leaves_nothing_behind(self):
        verifier = Verifier()
        for _ in range(3):
            steps = verifier.verify_steps(KEY, MESSAGE, SIGNATURE)
            for _ in range(7):
                next(steps)
        self.assertIs(verifier.verify(KEY, MESSAGE, SIGNATURE), True)


def verdicts(key, message, signature):
    """Return the set of what every arithmetic says; it has one member, or they differ."""
    return {verifier.verify(key, message, signature) for verifier in VERIFIERS}


def with_bit_changed(data, position):
    return data[:position] + bytes([data[position] ^ 1 << position % 8]) + data[position + 1 :]


def with_sign(point):
    return point[:31] + bytes([point[31] | 0x80])


def counted(steps):
    """Return how often the steps let others work, and their answer."""
    count = 0
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return count, end.value
        count += 1


def verdicts_in_turns(generators):
    found = [None] * len(generators)
    while None in found:
        for index, steps in enumerate(generators):
            try:
                if found[index] is None:
                    next(steps)
            except StopIteration as end:
                found[index] = end.value
    return found


if __name__ == "__main__":
    unittest.main()
