import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools import cose, crypto, decode, describe, orders
from host_tools.decode import FORGED, GENUINE, NOT_CHECKED, CountyKeys
from host_tools.keys import store
from host_tools.problems import USAGE, Problem
from protocol import acks, containers, fragments, frame, keys, messages, proof
from protocol.schema import DOWN, UP
from tests.host import small_county
from tests.host.small_county import ADDRESS, GATEWAY

NOTHING = CountyKeys()
CALL = messages.make("Call", button=2, kind="medical", minute=996480)


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("decode") / "county"
    small_county.make(folder)
    return folder


@pytest.fixture(scope="module")
def public(county):
    return store.load_public(county)


@pytest.fixture(scope="module")
def master(county):
    return store.load_master(county, GATEWAY)


@pytest.fixture(scope="module")
def order(county, public):
    composed = orders.compose(slot=1, rank="danger", template=17, issued=996480)
    return orders.sign_order(public, small_county.signer(county), frame.EVERYBODY, composed)


@pytest.fixture(scope="module")
def seal(public, master):
    def sealed(direction, message, epoch=0, issue=1, elided=False, mode=frame.SEALED):
        row = messages.row_of(direction, message)
        header = frame.Header(mode, direction, row.number, row.priority, True, ADDRESS, 9)
        root = keys.box_root(master, public.realm, ADDRESS, issue)
        key = keys.traffic_key(root, epoch, proof.purpose(header))
        body = messages.encode(direction, message)
        protected = proof.seal(crypto, key, epoch, public.realm, header, body)
        return frame.write(header, protected, elided)

    return sealed


def only(decoded):
    assert len(decoded) == 1
    return decoded[0]


def pictured(one):
    return "\n".join(describe.lines(one.parts))


class TestSigned:
    def test_every_byte_is_shown_once_and_in_its_place(self, order):
        one = only(decode.decode(order, NOTHING))
        assert b"".join(part.data for part in one.parts) == order
        assert [part.at for part in one.parts] == [
            sum(len(before.data) for before in one.parts[:i]) for i in range(len(one.parts))
        ]

    def test_the_fields_have_names(self, order):
        picture = pictured(only(decode.decode(order, NOTHING)))
        for words in (
            "SIGNED, down, no acknowledgement",
            "Order, priority 0 (life)",
            "to everybody",
            "issued: 996480, 2026-11-24 00:00:00Z",
            "rank: danger",
            "template: 17",
            "signature, Ed25519",
        ):
            assert words in picture

    def test_without_keys_nothing_is_claimed(self, order):
        assert only(decode.decode(order, NOTHING)).proof == NOT_CHECKED

    def test_with_the_public_keys_it_is_genuine(self, order, public):
        one = only(decode.decode(order, CountyKeys(public)))
        assert (one.proof, one.proven_by) == (GENUINE, "slot 1, live")

    def test_every_flipped_bit_is_not_genuine(self, order, public):
        for bit in range(0, 8 * len(order), 3):
            data = bytearray(order)
            data[bit // 8] ^= 0x80 >> bit % 8
            for one in decode.decode(bytes(data), CountyKeys(public)):
                assert one.proof != GENUINE

    def test_a_slot_nobody_has_is_not_genuine(self, public):
        order = orders.compose(slot=9, rank="danger", template=17, issued=1)
        header = frame.Header(frame.SIGNED, DOWN, 4, 0, False, 1, 1)
        data = frame.write(header, messages.encode(DOWN, order) + bytes(64))
        assert only(decode.decode(data, CountyKeys(public))).proven_by == "no such slot"

    def test_a_signed_call_is_refused_and_does_no_harm(self, public):
        header = frame.Header(frame.SIGNED, UP, 3, 0, False, 1, 1)
        data = frame.write(header, messages.encode(UP, CALL) + bytes(64))
        one = only(decode.decode(data, CountyKeys(public)))
        assert one.why == "this type is never taken in this mode"
        assert one.proof == FORGED


class TestSealed:
    def test_without_the_master_it_stays_closed(self, seal, public):
        one = only(decode.decode(seal(UP, CALL), CountyKeys(public)))
        assert (one.proof, one.message) == (NOT_CHECKED, None)
        assert "Call, priority 0 (life)" in pictured(one)

    @pytest.mark.parametrize(("epoch", "issue"), [(0, 1), (3, 1), (63, 2), (5, 3)])
    def test_with_it_the_body_is_read(self, seal, public, master, epoch, issue):
        at_hand = CountyKeys(public, master, {ADDRESS: 3})
        one = only(decode.decode(seal(UP, CALL, epoch, issue), at_hand))
        assert (one.proof, one.message) == (GENUINE, CALL)
        assert one.proven_by == f"issue {issue}, epoch {epoch}"
        assert one.opened == messages.encode(UP, CALL)

    def test_opened_it_can_be_written_out_for_any_cose_library(self, seal, public, master):
        at_hand, closed = CountyKeys(public, master, {ADDRESS: 1}), CountyKeys(public)
        raw = seal(UP, CALL, 3, elided=True)
        whole = decode.expanded(only(decode.decode(raw, at_hand, ADDRESS)), public.realm)
        assert whole == cose.expand(raw, public.realm, 3, ADDRESS)
        assert cose.diagnostic(whole.cose).startswith(
            "16([<<{1: 10}>> / AES-CCM-16-64-128 /, {5: h'"
        )
        assert decode.expanded(only(decode.decode(raw, closed, ADDRESS)), public.realm) is None

    def test_an_address_left_out_is_the_carriers(self, seal, public, master):
        data = seal(UP, CALL, elided=True)
        at_hand = CountyKeys(public, master, {ADDRESS: 1})
        assert only(decode.decode(data, at_hand, ADDRESS)).message == CALL
        assert "names nobody" in only(decode.decode(data, at_hand)).why

    def test_a_local_frame_is_opened_with_its_own_key(self, seal, public, master):
        data = seal(UP, CALL, mode=frame.LOCAL)
        one = only(decode.decode(data, CountyKeys(public, master, {ADDRESS: 1})))
        assert (one.proof, one.message) == (GENUINE, CALL)
        assert "LOCAL, up" in pictured(one)

    def test_a_changed_byte_is_not_genuine(self, seal, public, master):
        data = bytearray(seal(UP, CALL))
        data[-1] ^= 1
        one = only(decode.decode(bytes(data), CountyKeys(public, master, {ADDRESS: 1})))
        assert one.proof == FORGED

    def test_a_box_nobody_provisioned_is_not_judged(self, seal, public, master):
        one = only(decode.decode(seal(UP, CALL), CountyKeys(public, master, {})))
        assert one.proof == NOT_CHECKED

    def test_what_a_carry_holds_is_taken_apart_too(self, seal, public, master, order):
        carry = messages.make("Carry", frame=order)
        at_hand = CountyKeys(public, master, {ADDRESS: 1})
        one = only(decode.decode(seal(DOWN, carry), at_hand))
        inner = only(one.inside)
        assert (inner.raw, inner.proof) == (order, GENUINE)
        assert list(decode.all_of([one])) == [one, inner]

    def test_a_carry_in_a_carry_in_a_carry_has_an_end(self, seal, public, master):
        data = b"\x98" + bytes(20)
        for _ in range(5):
            data = seal(DOWN, messages.make("Carry", frame=data))
        at_hand = CountyKeys(public, master, {ADDRESS: 1})
        assert len(list(decode.all_of(decode.decode(data, at_hand)))) <= decode.MOST_DEPTH


class TestOpen:
    header = frame.Header(frame.OPEN, DOWN, 11, 3, False, ADDRESS, 9)
    body = messages.encode(DOWN, messages.make("Query", what="boot"))

    def test_it_is_read_and_nobody_is_said_to_have_written_it(self, public):
        data = frame.write(self.header, proof.checked(self.header, self.body))
        one = only(decode.decode(data, CountyKeys(public)))
        assert (one.proof, one.why) == (NOT_CHECKED, "")
        assert one.message.what == "boot"
        assert b"".join(part.data for part in one.parts) == data
        assert "check, CRC-16" in pictured(one)

    def test_a_damaged_one_is_not_read(self):
        one = only(decode.decode(frame.write(self.header, self.body + b"\0\0"), NOTHING))
        assert (one.message, one.why) == (None, "the check does not fit")

    def test_one_that_would_sound_is_refused(self):
        header = frame.Header(frame.OPEN, DOWN, 4, 0, False, ADDRESS, 9)
        one = only(decode.decode(frame.write(header, proof.checked(header, self.body)), NOTHING))
        assert one.why == "this type is never taken in this mode"


class TestFragments:
    @pytest.mark.parametrize(("index", "last"), [(1, "part"), (2, "parity")])
    def test_a_fragment_says_which_piece_of_what_it_is(self, order, index, last):
        cut = fragments.Cut(*frame.read(order), 70)
        one = only(decode.decode(cut.fragment(index), NOTHING))
        assert (one.proof, one.why) == (decode.IN_PIECES, "")
        assert b"".join(part.data for part in one.parts) == cut.fragment(index)
        check = fragments.read(cut.fragment(0)).check
        meanings = [part.meaning for part in one.parts]
        words = f"fragment {index} of a frame that any {cut.k} make, check {check}"
        assert meanings[-2:] == [words, last]

    def test_what_is_no_piece_of_any_frame_says_why(self):
        one = only(decode.decode(b"\xa6" + bytes(20), NOTHING))
        assert one.why == "no piece of any frame"


class TestBytesOfStrangers:
    def test_a_bad_member_of_a_pack_costs_only_itself(self, order):
        first, second = decode.decode(containers.pack([order, b"\x01\x02"]), NOTHING)
        assert not first.why
        assert second.why == "length out of bounds"

    @given(st.binary(min_size=1, max_size=300))
    def test_any_bytes_are_described_or_refused(self, data):
        for one in decode.decode(data, NOTHING):
            assert describe.lines(one.parts) or one.why

    @given(st.binary(max_size=30), st.integers(1, 16))
    def test_any_body_is_described_or_refused(self, body, number):
        header = frame.Header(frame.SIGNED, UP, number, 0, True, 1, 1)
        one = only(decode.decode(frame.write(header, body + bytes(65)), NOTHING))
        assert b"".join(part.data for part in one.parts) == one.raw

    @pytest.mark.parametrize("words", ["", "zz", "abc", "00" * 4_097, "0x"])
    def test_what_is_not_hexadecimal_is_a_sentence(self, words):
        with pytest.raises(Problem) as caught:
            decode.unhex(words)
        assert caught.value.exit_code == USAGE

    def test_dumps_may_have_spaces_and_marks(self):
        assert decode.unhex(" 0xA2:20, ff\n0x0f ") == b"\xa2\x20\xff\x0f"


class TestWords:
    def test_a_minute_of_a_clock_nobody_set(self):
        assert describe.value("minute", -5) == "4 min after the start, by a clock nobody set"

    def test_acknowledgements_are_numbers(self):
        assert describe.value("acknowledged", acks.write([7, 9])[0]) == "SEQ 7 9"
        assert "not base and bitmap" in describe.value("acknowledged", b"\x00")

    def test_a_text_is_words_only_when_it_can_be_printed(self):
        assert describe.value("text", b"\0" + "转移".encode()) == '"转移"'
        for data in (b"\0\x1b[31m", b"\x1fabc", b"\0\xff", b""):
            assert describe.value("text", data) == data.hex()

    def test_a_text_in_few_bytes_is_words_where_its_table_is(self, own_table):
        assert describe.value("text", b"\x13\xd3") == '"洪水，水" (zh/3)'

    def test_other_values(self):
        for name, value, words in (
            ("open", True, "yes"),
            ("slots", (18, 3), "18 3"),
            ("schema", b"\x01\x02", "0102"),
            ("order", b"\x01\x00\x00\x07", "1:7"),
            ("template", None, "absent"),
        ):
            assert describe.value(name, value) == words
