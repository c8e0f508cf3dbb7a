"""Texts in few bytes: exact, never spoken wrong, and as small as the design asks."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools.build import boards
from host_tools.text import build, languages, phrase_file, tables
from host_tools.text.encode import Coder, Encoder, TextTooLong
from host_tools.text.kazakh import in_arabic_letters
from protocol import text as wire
from tests.host.text_samples import FORMAL, KAZAKH, ORDER60, PLAIN, UYGHUR
from tests.shared.text_table import by_hand

KAZAKH_IN_ARABIC_LETTERS = tuple(map(in_arabic_letters, KAZAKH))
OF = {"zh": ORDER60 + FORMAL + PLAIN, "ug": UYGHUR, "kk": KAZAKH}
OF["kk-Arab"] = KAZAKH_IN_ARABIC_LETTERS
NAMES = list(languages.LANGUAGES)
LEAST_PART = 10  # characters that a phrase and a measured text must not share

pytestmark = pytest.mark.timeout(600)  # where `make text` was not before, the tables are built

by_language = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def shipped():
    """{language: its Table}"""
    return dict(zip(tables.SHIPPED, tables.make_ready()))


@pytest.fixture(scope="module")
def coders(shipped):
    return {name: Coder(table) for name, table in shipped.items()}


@pytest.fixture(scope="module")
def encoder(shipped):
    return Encoder(shipped.values())


def any_text(*samples):
    """Any text without surrogates, or parts of samples with anything between them."""
    parts = [sample[:20] for sample in samples] + [sample[-15:] for sample in samples]
    odd = st.text(max_size=4) | st.sampled_from(
        ["\0", "\r\n", "🚨", "👨‍👩‍👧", "12:30", "G219", "𠮷", "\uffff"]
    )
    mixed = st.lists(st.sampled_from(parts) | odd, max_size=8).map("".join)
    return st.text(max_size=60) | mixed


class TestExact:
    @by_language
    @given(data=st.data())
    def test_every_valid_text_arrives_as_it_was(self, name, data, coders, shipped):
        text = data.draw(any_text(*itertools.chain(*OF.values())))
        field = coders[name].coded(text)
        if len(field) <= wire.MOST_BYTES:
            assert wire.decode(field, [shipped[name]]) == text

    @given(text=any_text(*ORDER60, *UYGHUR))
    def test_what_fits_in_any_form_is_sent_in_the_shortest(self, text, encoder, shipped):
        announced = {table.first_byte for table in shipped.values()}
        plain = b"\0" + text.encode()
        try:
            field = encoder.encode(text, announced)
        except TextTooLong:
            assert len(plain) > wire.MOST_BYTES
            return
        assert wire.decode(field, shipped.values()) == text
        assert len(field) <= len(plain)

    def test_every_character_there_is_can_be_sent(self, coders, shipped):
        for name, first in itertools.product(NAMES, range(0, 0x110000, 997)):
            if not 0xD800 <= first <= 0xDFFF:
                assert wire.decode(coders[name].coded(chr(first)), [shipped[name]]) == chr(first)

    @by_language
    def test_every_symbol_of_a_table_can_be_sent(self, name, coders, shipped):
        for _, _, symbol in shipped[name].symbols():
            assert wire.decode(coders[name].coded(symbol), [shipped[name]]) == symbol

    def test_half_a_surrogate_pair_is_not_sent(self, encoder):
        with pytest.raises(ValueError, match="surrogates"):
            encoder.encode("洪水\ud800", b"\x10")

    @pytest.mark.parametrize("text", ["a" * 240, "乡" * 80, "请立即撤离。" * 170])
    def test_what_fits_no_field_is_told(self, encoder, text):
        with pytest.raises(TextTooLong):
            encoder.encode(text, b"")


class TestGenerations:
    def test_a_table_is_used_only_where_it_was_announced(self, encoder, shipped):
        for announced in (b"", b"\x11", b"\x20\x30\x40"):
            assert encoder.encode(ORDER60[0][:40], announced)[0] == 0
        assert encoder.encode(ORDER60[0], b"\x10")[0] == shipped["zh"].first_byte == 0x10

    def test_utf_8_is_used_where_it_is_shorter(self, encoder):
        assert encoder.encode("Fengsui 1.0", b"\x10") == b"\0" + b"Fengsui 1.0"

    def test_the_box_refuses_a_generation_it_does_not_have(self, encoder, shipped):
        field = encoder.encode(ORDER60[0], b"\x10")
        for first in (0x11, 0x20, 0x30, 0x50, 0xF0):
            with pytest.raises(wire.BadText):
                wire.decode(bytes((first,)) + field[1:], [shipped["zh"]])

    def test_a_generation_that_was_shipped_keeps_its_bytes(self, monkeypatch, tmp_path):
        monkeypatch.setattr(tables, "FOLDER", tmp_path)
        monkeypatch.setattr(tables, "_STAMP", tmp_path / "stamp")
        monkeypatch.setattr(build, "built", lambda *_: b"another table")
        with pytest.raises(tables.Problem, match="raise its generation"):
            tables.make_ready()
        assert not list(tmp_path.iterdir())


class TestDamage:
    def test_a_small_table_with_any_bit_changed_is_none(self):
        assert refused(by_hand(), range(8 * len(by_hand())))

    @by_language
    def test_a_table_in_flash_with_a_bit_changed_is_none(self, name, shipped):
        whole = tables.path_of(name).read_bytes()
        assert refused(whole, [*range(400), *range(400, 8 * len(whole), 397)])

    @given(first=st.sampled_from([0, 0x10, 0x20, 0x30, 0x40]), rest=st.binary(max_size=239))
    def test_any_bytes_are_a_text_of_bounded_length_or_refused(self, first, rest, shipped):
        try:
            text = wire.decode(bytes((first,)) + rest, shipped.values())
        except wire.BadText:
            return
        assert len(text) <= wire.MOST_CHARACTERS
        assert text.encode().decode() == text

    @by_language
    def test_a_text_cut_short_is_another_or_refused(self, name, coders, shipped):
        for text in OF[name]:
            field = coders[name].coded(text)[: wire.MOST_BYTES]
            for end in range(1, len(field)):
                try:
                    assert text.startswith(wire.decode(field[:end], [shipped[name]]))
                except wire.BadText:
                    pass


class TestSizes:
    """The figures of the design; nobody tunes FORMAL or PLAIN."""

    def test_reference_orders_of_60_characters_have_48_bytes_at_most_on_average(self, coders):
        assert all(len(text) == 60 for text in ORDER60)
        assert sum(len(coders["zh"].coded(text)) for text in ORDER60) / len(ORDER60) <= 48

    @pytest.mark.parametrize(("texts", "most"), [(FORMAL, 8.1), (PLAIN, 9.5)])
    def test_texts_nobody_tuned_for_have_few_bits_a_character(self, texts, most, coders):
        assert bits_per_character(coders["zh"], texts) <= most

    @pytest.mark.parametrize("name", ["ug", "kk", "kk-Arab"])
    def test_alphabets_cost_a_quarter_of_utf_8(self, name, coders):
        assert bits_per_character(coders[name], OF[name]) <= 4

    def test_no_measured_text_is_in_a_phrase_file(self):
        for phrase in phrase_file.read(phrase_file.shipped(languages.CHINESE)):
            if len(phrase) >= LEAST_PART:
                assert not any(phrase in text for text in FORMAL + PLAIN)

    @by_language
    def test_a_table_has_40_kb_at_most(self, name, shipped):
        assert tables.path_of(name).stat().st_size <= languages.LANGUAGES[name].budget <= 40_000

    @pytest.mark.parametrize("board", ["pico_box", "pico2_box"])
    def test_a_pico_has_room_for_chinese_and_two_more(self, board, shipped):
        sizes = [tables.path_of(name).stat().st_size for name in ("zh", "ug", "kk")]
        assert sum(sizes) <= boards.find(board).flash.row("tables").length


def refused(whole, bits):
    """Return whether the table is refused with each one of these bits changed."""
    for bit in bits:
        damaged = bytearray(whole)
        damaged[bit >> 3] ^= 1 << (bit & 7)
        with pytest.raises(wire.BadText):
            wire.Table(damaged)
    return bool(wire.Table(whole))


def bits_per_character(coder, texts):
    """Count whole fields, with first byte and padding."""
    return 8 * sum(len(coder.coded(text)) for text in texts) / sum(map(len, texts))
