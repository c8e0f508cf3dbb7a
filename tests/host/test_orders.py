from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools import crypto, orders, templates
from host_tools.keys import counter, store
from host_tools.keys.store import Public, PublicSlot
from host_tools.problems import REFUSED, USAGE, Problem
from host_tools.slots import NUMBER, PLACE, TIME
from protocol import calendar, frame, keyring_file, messages, proof
from protocol.schema import DOWN, EVENT, RANK, SIREN
from tests.host import small_county

GROUP = 0xF001
EVERYBODY = frame.EVERYBODY
TYPED = {NUMBER: "120", PLACE: "3", TIME: "20:40"}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("orders") / "county"
    small_county.make(folder)
    return folder


@pytest.fixture
def public(county):
    return store.load_public(county)


def flood(**changed):
    fields = {"slot": 1, "rank": "danger", "template": 17, "issued": 996480}
    return orders.compose(**{**fields, **changed})


class TestCompose:
    def test_what_is_not_said_is_usual(self):
        order = flood()
        assert (order.event, order.volume, order.repeats) == ("flash_flood", "normal", 2)
        assert calendar.order_ends(order) == 996480 + 30
        assert (order.text, order.slots, order.areas, order.replaces) == (None,) * 4

    def test_it_is_issued_now(self, monkeypatch):
        monkeypatch.setattr("time.time", lambda: calendar.ZERO_UNIX + 60 * 996480 + 59.9)
        assert flood(issued=None).issued == 996480

    def test_minutes_are_rounded_up_to_tens(self):
        for valid_min, tens in ((1, 1), (10, 1), (11, 2), (10_080, 1008)):
            assert flood(valid_min=valid_min).valid_10min == tens

    def test_a_text_is_sent_as_utf_8_with_its_tag(self):
        order = flood(template=None, text=" 请立即转移 ")
        assert order.text == b"\0" + "请立即转移".encode()
        assert order.event == "none"
        assert orders.text_form(order) == "UTF-8, 16 bytes"

    def test_a_text_is_written_by_a_table_that_every_target_told_of(self, own_table):
        told = {"template": None, "text": "洪水，水", "tables": {own_table, 0x20}}
        order = flood(**told)
        assert order.text == bytes((own_table, 0b110_10_0_11))
        assert orders.text_form(order) == "zh/3, 2 bytes"
        assert orders.spoken(order, drill=False) == ("洪水，水", "")
        assert flood(**{**told, "tables": {0x20}}).text[0] == 0

    def test_a_text_by_a_table_that_is_not_here_is_shown_as_unreadable(self):
        order = messages.make("Order", text=b"\x1f\xd3")
        assert orders.spoken(order, drill=False) == ("(…)", "")

    @pytest.mark.parametrize(
        ("text", "why"),
        [("", "at least one character"), (" \n", "at least one character"),
         ("乡" * 80, "too long: 80 characters need 241 bytes, and 240 fit"),
         ("洪\ud800", "what is not a character")],
    )  # fmt: skip
    def test_a_text_that_cannot_be_sent_is_a_sentence(self, text, why):
        with pytest.raises(Problem, match=why) as caught:
            flood(template=None, text=text)
        assert caught.value.exit_code == USAGE

    def test_every_template_can_be_ordered(self):
        for known in templates.BANK:
            order = flood(template=known.number, slots=[TYPED[kind] for kind in known.slots])
            assert order.event == known.event
            zh, en = orders.spoken(order, drill=False)
            assert (zh, en) == (known.zh, known.en) or known.slots
            assert not {"{", "}"} & set(zh + en)

    def test_slots_are_a_number_a_place_and_a_time(self):
        order = flood(template=12, slots=["20:40", "3", "120"])
        assert order.slots == (1240, 3, 120)
        zh, en = orders.spoken(order, drill=False)
        assert zh == "预计20:40前后，3号地点的水深可达120厘米，请提前转移。"
        assert "20:40" in en
        assert "place 3" in en

    @pytest.mark.parametrize(
        ("slots", "why"),
        [
            ([], "takes time, place, number; 0 slots were given"),
            (["20:40", "3"], "2 slots were given"),
            (["20:40", "3", "120", "1"], "4 slots were given"),
            (["2040", "3", "120"], "slot 1 of template 12 is a time of day like 20:40"),
            (["24:00", "3", "120"], "slot 1"),
            (["20:60", "3", "120"], "slot 1"),
            (["20:40", "256", "120"], "slot 2 of template 12 is a place's number"),
            (["20:40", "bridge", "120"], "slot 2"),
            (["20:40", "3", "-1"], "slot 3 of template 12 is a number from 0 to 65535"),
            (["20:40", "3", "65536"], "slot 3"),
            (["20:40", "3", "١٢"], "slot 3"),
            (["20:40", "3", "9" * 5000], "slot 3"),
        ],
    )
    def test_slots_that_do_not_fit_their_template_are_a_sentence(self, slots, why):
        with pytest.raises(Problem) as caught:
            flood(template=12, slots=slots)
        assert why in caught.value.cause
        assert caught.value.exit_code == USAGE

    def test_a_template_without_gaps_takes_no_slots(self):
        with pytest.raises(Problem, match="takes nothing"):
            flood(slots=["3"])

    def test_an_order_is_also_by_clip_or_by_siren_and_for_areas(self):
        by_clip = flood(template=None, clip=7, areas=[19, 7, 7])
        assert (by_clip.clip, by_clip.areas) == (7, b"\x07\x13")
        assert orders.spoken(by_clip, drill=False) == ("录音 7", "recording 7")
        for pattern in SIREN:
            order = flood(template=None, siren=pattern)
            assert order.siren == pattern
            assert "siren" in orders.spoken(order, drill=False)[1]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"rank": "urgent"},
            {"event": "dragon"},
            {"valid_min": 0},
            {"valid_min": 10_081},
            {"repeats": 0},
            {"repeats": 21},
            {"template": None},
            {"text": "and a text"},
            {"clip": 3},
            {"siren": "steady"},
            {"template": None, "siren": "wail"},
            {"template": None, "clip": 65_536},
            {"areas": [256]},
            {"areas": range(17)},
            {"template": None, "text": "   "},
            {"template": None, "text": "村" * 80},
            {"template": None, "text": "\ud800"},
        ],
    )
    def test_what_does_not_fit_is_a_sentence(self, wrong):
        with pytest.raises(Problem) as caught:
            flood(**wrong)
        assert caught.value.exit_code == USAGE

    def test_an_unknown_template_is_not_found(self):
        with pytest.raises(Problem):
            flood(template=4711)

    def test_the_village_hears_that_a_drill_is_one(self):
        zh, en = orders.spoken(flood(), drill=True)
        for words, drill in ((zh, "这是演练。"), (en, "This is a drill.")):
            assert words.startswith(drill)
            assert words.endswith(drill)


class TestTemplates:
    def test_numbers_are_unique_and_fit_the_wire(self):
        numbers = [known.number for known in templates.BANK]
        assert len(set(numbers)) == len(numbers)
        assert all(0 < number <= 0xFFFF for number in numbers)

    def test_each_kind_of_slot_is_in_two_templates(self):
        for kind in (NUMBER, PLACE, TIME):
            assert sum(kind in known.slots for known in templates.BANK) >= 2

    def test_a_gap_for_each_slot_and_a_slot_for_each_gap(self):
        for known in templates.BANK:
            for words in (known.zh, known.en):
                gaps = {int(gap) for _, gap, _, _ in Formatter().parse(words) if gap}
                assert gaps == set(range(len(known.slots)))

    def test_events_are_words_of_the_wire(self):
        assert {known.event for known in templates.BANK} <= set(EVENT)


class TestSigning:
    @pytest.mark.parametrize("rank", RANK)
    @pytest.mark.parametrize("target", [4660, GROUP, EVERYBODY])
    def test_an_order_verifies_with_the_public_key(self, county, public, rank, target):
        data = orders.sign_order(public, small_county.signer(county), target, flood(rank=rank))
        header, protected = frame.read(data)
        assert (header.mode, header.direction, header.type) == (frame.SIGNED, DOWN, 4)
        assert (header.address, header.ack_wanted) == (target, False)
        assert header.priority == {"danger": 0, "warning": 1, "notice": 2, "routine": 3}[rank]
        body, signature = proof.split_signed(protected)
        signed = proof.to_be_signed(public.realm, header, body)
        assert crypto.verify(public.named("live").public_key, signed, signature)
        assert messages.decode(DOWN, header.type, body) == flood(rank=rank)

    def test_every_order_has_a_new_number(self, county, public):
        signer = small_county.signer(county)
        made = [orders.sign_order(public, signer, EVERYBODY, flood()) for _ in range(3)]
        seqs = [frame.read(data)[0].seq for data in made]
        assert seqs[1:] == [seqs[0] + 1, seqs[0] + 2]

    def test_its_name_is_slot_and_number(self, county, public):
        data = orders.sign_order(public, small_county.signer(county), EVERYBODY, flood())
        order_id = orders.id_in(data)
        assert order_id == calendar.order_id(1, frame.read(data)[0].seq)
        assert orders.id_of(orders.named(order_id)) == order_id

    def test_a_cancel_verifies_too(self, county, public):
        signer = small_county.signer(county)
        data = orders.sign_cancel(public, signer, EVERYBODY, calendar.order_id(1, 7), "over")
        header, protected = frame.read(data)
        body, signature = proof.split_signed(protected)
        signed = proof.to_be_signed(public.realm, header, body)
        assert crypto.verify(public.named("live").public_key, signed, signature)
        assert messages.decode(DOWN, header.type, body).order == calendar.order_id(1, 7)

    def test_the_drill_key_makes_drills_only(self, county, public):
        drill = small_county.signer(county, "drill")
        with pytest.raises(Problem):
            orders.sign_order(public, drill, EVERYBODY, flood())
        data = orders.sign_order(public, drill, EVERYBODY, flood(slot=2))
        assert orders.id_in(data)[0] == 2

    def test_a_key_withdraws_its_own_orders_only(self, county, public):
        drill = small_county.signer(county, "drill")
        with pytest.raises(Problem) as caught:
            orders.sign_cancel(public, drill, EVERYBODY, calendar.order_id(1, 7), "over")
        assert caught.value.exit_code == REFUSED
        replacing = flood(slot=2, replaces=calendar.order_id(1, 7))
        with pytest.raises(Problem):
            orders.sign_order(public, drill, EVERYBODY, replacing)

    def test_a_refusal_uses_no_number(self, county, public):
        signer = small_county.signer(county)
        before = counter.read(county / "signing" / "live.counter")
        for refused in (
            lambda: orders.sign_order(public, signer, EVERYBODY, flood(slot=2)),
            lambda: orders.sign_cancel(public, signer, 1, calendar.order_id(2, 7), "over"),
            lambda: orders.sign_cancel(public, signer, 1, calendar.order_id(1, 7), "bored"),
        ):
            with pytest.raises(Problem):
                refused()
        assert counter.read(county / "signing" / "live.counter") == before

    @pytest.mark.parametrize(
        ("ranks", "targets", "rank", "target", "fits"),
        [
            (0b0011, keyring_file.TO_ONE, "notice", 4660, True),
            (0b0011, keyring_file.TO_ONE, "warning", 4660, False),
            (0b0011, keyring_file.TO_ONE, "notice", GROUP, False),
            (0b0011, keyring_file.TO_ONE, "notice", EVERYBODY, False),
            (0b1000, keyring_file.TO_GROUP, "danger", GROUP, True),
            (0b1000, keyring_file.TO_GROUP, "routine", GROUP, False),
            (0b1111, keyring_file.TO_ALL, "danger", EVERYBODY, True),
            (0b1111, keyring_file.TO_ALL, "danger", 1, False),
        ],
    )
    def test_scope(self, ranks, targets, rank, target, fits):
        slot = PublicSlot(1, bytes(32), ranks, targets, 1, "narrow")
        if fits:
            orders.check_scope(slot, target, flood(rank=rank))
            return
        with pytest.raises(Problem) as caught:
            orders.check_scope(slot, target, flood(rank=rank))
        assert caught.value.exit_code == REFUSED


class TestWords:
    def test_targets(self):
        for words, address in (
            ("all", EVERYBODY),
            ("4660", 4660),
            ("0x1234", 0x1234),
            ("61441", GROUP),
            ("0xF001", GROUP),
        ):
            assert orders.target_of(words) == address

    @pytest.mark.parametrize(
        "words", ["", "everyone", "0", "-1", "65280", "65535", "70000", "1.5"]
    )
    def test_no_targets(self, words):
        with pytest.raises(Problem):
            orders.target_of(words)

    @pytest.mark.parametrize("words", ["", "1", "1:", ":1", "256:1", "1:16777216", "a:b", "1:2:3"])
    def test_no_orders(self, words):
        with pytest.raises(Problem):
            orders.id_of(words)

    @given(st.integers(0, 255), st.integers(0, 0xFFFFFF))
    def test_any_order_can_be_named(self, slot, seq):
        order_id = calendar.order_id(slot, seq)
        assert orders.id_of(orders.named(order_id)) == order_id

    @given(st.binary(max_size=200))
    def test_any_bytes_are_an_order_or_a_sentence(self, data):
        try:
            orders.id_in(data)
        except Problem:
            pass


def test_a_realm_of_one_county_means_nothing_in_another(tmp_path):
    """The same key in two counties: what one signed does not verify in the other."""
    one, two = (Public(realm, bytes(32), bytes(32), ()) for realm in (b"realm  1", b"realm  2"))
    private = bytes(range(32))
    slot = PublicSlot(1, crypto.public_of(private), 15, 7, 1, "live")
    counter.create(tmp_path / "live.counter")
    signer = store.Signer(slot, private, tmp_path / "live.counter")
    header, protected = frame.read(orders.sign_order(one, signer, EVERYBODY, flood()))
    body, signature = proof.split_signed(protected)
    for public, genuine in ((one, True), (two, False)):
        signed = proof.to_be_signed(public.realm, header, body)
        assert crypto.verify(slot.public_key, signed, signature) is genuine
