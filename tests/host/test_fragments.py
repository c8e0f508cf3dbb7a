"""Fragments and serial lines, before judges of their own and any bytes that hypothesis finds."""

import binascii
import random

import pytest
from cobs import cobs as known_cobs
from hypothesis import given
from hypothesis import strategies as st

from protocol import cobs, containers, fragments, frame
from protocol.crc16 import crc16
from protocol.frame import BadFrame, Header
from protocol.reassembly import Reassembly
from protocol.serial_line import Deframer, framed
from tests.audit import plain_cauchy

headers = st.builds(
    Header,
    st.sampled_from((frame.SEALED, frame.SIGNED)),
    st.integers(0, 1),
    st.integers(0, 30),
    st.integers(0, 7),
    st.booleans(),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFF),
)
bodies = st.binary(min_size=65, max_size=frame.MOST_BYTES - frame.HEADER_BYTES)


def cut_of(header, protected, k, elided=False):
    """Return the frame cut into k pieces; hypothesis chooses k rather than an mtu."""
    length = 2 + frame.HEADER_BYTES + len(protected)
    mtu = -(-length // k) + length_of_dress(elided)
    return fragments.Cut(header, protected, mtu, elided)


def length_of_dress(elided):
    return -frame.fragment_room(0, elided)


def put_together(reassembly, pieces, proven=lambda frame: True):
    """Return every frame that these pieces make and that is proven."""
    found = []
    for piece in pieces:
        rebuilt = reassembly.put("radio", piece)
        while rebuilt is not None:
            genuine = proven(rebuilt.frame)
            found += [rebuilt.frame] if genuine else []
            rebuilt = reassembly.judged(rebuilt, genuine)
    return found


class TestCode:
    @given(bodies, st.integers(2, 16), st.randoms(use_true_random=False))
    def test_a_textbook_makes_the_same_pieces_and_undoes_them(self, protected, k, chance):
        header = Header(frame.SEALED, 0, 3, 0, True, 4660, 7)
        cut = cut_of(header, protected, k)
        pieces = [fragments.read(cut.fragment(index)).data for index in range(64)]
        data = pieces[: cut.k]
        assert b"".join(data)[2:].startswith(frame.canonical(header) + protected)
        index = chance.randrange(64)
        assert plain_cauchy.piece(index, data) == pieces[index]
        some = chance.sample(range(64), cut.k)
        assert plain_cauchy.recovered(some, [pieces[i] for i in some]) == data

    @pytest.mark.parametrize("k", range(2, 17))
    def test_every_coefficient_is_the_textbooks(self, k):
        """One piece after another is 1, 2, 3 ... where all others are 0."""
        for column in range(k):
            rows = [int.from_bytes(bytes(3), "big")] * k
            rows[column] = int.from_bytes(b"\1\2\xff", "big")
            solver = fragments._Solver(range(k), rows, k, 3)
            for index in range(64):
                factor = plain_cauchy.row(index, k)[column]
                expected = bytes(plain_cauchy.PRODUCTS[factor][byte] for byte in b"\1\2\xff")
                assert solver.row(index).to_bytes(3, "big") == expected


class TestLosses:
    @given(
        headers, bodies, st.integers(2, 16), st.integers(0, 8), st.booleans(),
        st.randoms(use_true_random=False),
    )  # fmt: skip
    def test_any_losses_order_and_repeats_leave_the_frame_whole(
        self, header, protected, k, extra, elided, chance
    ):
        cut = cut_of(header, protected, k, elided)
        on_road = [cut.fragment(index) for index in range(cut.k + extra)]
        came = chance.sample(on_road, cut.k)
        came += [chance.choice(came) for _ in range(extra)]
        chance.shuffle(came)
        pieces = [fragments.read(data, header.address) for data in came]
        found = put_together(Reassembly(2), pieces)
        assert set(found) == {frame.canonical(header) + protected}
        assert frame.read(found[0]) == (header, protected)

    @given(headers, bodies, st.integers(2, 16), st.randoms(use_true_random=False))
    def test_fewer_than_k_make_nothing(self, header, protected, k, chance):
        cut = cut_of(header, protected, k)
        indexes = chance.sample(range(64), cut.k - 1)
        pieces = [fragments.read(cut.fragment(index)) for index in indexes]
        assert put_together(Reassembly(2), pieces * 3) == []

    @given(
        headers, bodies, st.integers(2, 16), st.binary(min_size=1, max_size=301),
        st.randoms(use_true_random=False),
    )  # fmt: skip
    def test_one_false_piece_among_enough_is_left_out(self, header, protected, k, noise, chance):
        cut = cut_of(header, protected, k)
        indexes = chance.sample(range(64), cut.k + -(-cut.k // 4))
        pieces = [fragments.read(cut.fragment(index)) for index in indexes]
        size, false_at = len(pieces[0].data), chance.randrange(len(pieces))
        data = (noise * size)[:size]
        pieces[false_at] = pieces[false_at]._replace(data=data)
        whole = frame.canonical(header) + protected
        assert put_together(Reassembly(2), pieces, lambda made: made == whole) == [whole]


class TestHostile:
    @given(st.binary(max_size=700), st.one_of(st.none(), st.integers(0, 0xFFFF)))
    def test_any_bytes_are_a_piece_or_refused(self, data, named):
        try:
            piece = fragments.read(data, named)
        except BadFrame:
            return
        assert 2 <= piece.k <= 16
        assert 0 < len(piece.data) <= 301

    @given(st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(min_size=1, max_size=38))))
    def test_any_pieces_are_taken_and_no_memory_grows(self, some):
        reassembly, head = Reassembly(3), bytes.fromhex("a62012340111e0")
        for fi, data in some:
            try:
                piece = fragments.read(head + fi.to_bytes(2, "big") + data)
            except BadFrame:
                continue
            put_together(reassembly, [piece], lambda made: False)
        assert [len(one._bytes) for one in reassembly._sets] == [903] * 3

    def test_a_forgers_consistent_pieces_are_tried_five_times_and_forgotten(self):
        header = Header(frame.SEALED, 1, 4, 0, False, 4660, 7)
        cut = cut_of(header, bytes(100), 16)
        pieces = [fragments.read(cut.fragment(index)) for index in range(20)]
        tried = []
        put_together(reassembly := Reassembly(3), pieces, lambda made: bool(tried.append(made)))
        assert len(tried) == 5
        assert [one.key for one in reassembly._sets] == [None] * 3

    @given(st.binary(max_size=700))
    def test_any_payload_is_to_be_relayed_or_refused(self, data):
        try:
            relay = containers.unrelay(data)
        except BadFrame:
            return
        assert containers.relay(*relay) == data


class TestSerialLines:
    @given(st.one_of(st.binary(max_size=700), st.binary(max_size=700).map(lambda b: b"\0" + b)))
    def test_cobs_is_that_of_a_stranger(self, data):
        stuffed = cobs.encode(data)
        assert stuffed == known_cobs.encode(data)
        assert cobs.decode(stuffed) == data
        assert len(stuffed) <= cobs.encoded_bytes(len(data))

    @given(st.binary(min_size=1, max_size=600))
    def test_what_a_stranger_cannot_decode_is_refused_too(self, stuffed):
        try:
            decoded = cobs.decode(stuffed)
        except cobs.BadCobs:
            with pytest.raises(known_cobs.DecodeError):
                known_cobs.decode(stuffed)
            return
        assert known_cobs.decode(stuffed) == decoded

    def test_long_runs_without_zeros_are_stuffed_alike(self):
        for length in (*range(250, 260), *range(505, 512)):
            for data in (b"\1" * length, b"\1" * length + b"\0", b"\0" + b"\1" * length):
                assert cobs.encode(data) == known_cobs.encode(data)
                assert cobs.decode(cobs.encode(data)) == data

    @given(st.binary(max_size=700))
    def test_the_check_is_that_of_the_library(self, data):
        assert crc16(data) == binascii.crc_hqx(data, 0xFFFF)

    @given(
        st.lists(st.one_of(st.binary(min_size=1, max_size=200), st.just(None)), max_size=8),
        st.binary(max_size=300),
        st.randoms(use_true_random=False),
    )
    def test_payloads_come_through_noise_however_the_stream_is_chopped(self, parts, noise, chance):
        stream = b"".join(noise if part is None else framed(part) for part in parts)
        deframer, found = Deframer(200), []
        while stream:
            count = chance.randint(1, len(stream))
            found += deframer.feed(stream[:count])
            stream = stream[count:]
        expected = [part for part in parts if part is not None]
        assert [payload for payload in found if payload in expected] == expected

    def test_a_megabyte_of_noise_leaves_nothing_behind(self):
        deframer, noise = Deframer(600), random.Random(7)
        for _ in range(1_000):
            deframer.feed(noise.randbytes(1_000))
        assert deframer.feed(b"\0" + framed(b"after it")) == [b"after it"]
