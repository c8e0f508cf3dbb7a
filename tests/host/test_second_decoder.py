"""Somebody who had only protocol/README.md wrote a decoder, and it says what ours says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from host_tools import crypto
from protocol import acks, cbor, frame, messages, proof
from protocol.schema import DOWN, UP
from tests.host import second_decoder as second
from tests.host import worked_examples as example

DIRECTIONS = {"up": UP, "down": DOWN}
BY_NAME = {UP: "up", DOWN: "down"}


def ours(read, *asked):
    """Return what we read, or the name of our refusal."""
    try:
        return read(*asked)
    except ValueError as why:
        return type(why).__name__


def theirs(read, *asked):
    try:
        return read(*asked)
    except second.Refused as why:
        return why.reason


def our_header(data, elided_address):
    header, protected = frame.read(data, elided_address)
    proof.check_permitted(header)
    return {**header._asdict(), "direction": BY_NAME[header.direction], "rest": protected}


def our_ack(body, direction):
    message = messages.decode(DIRECTIONS[direction], 1, body)
    return acks.read(message.acknowledged)


def our_call(body, _):
    return messages.decode(UP, 3, body)._asdict()


def broken(data):
    """Bytes near these: one place changed, cut short, or grown."""
    place = st.integers(0, len(data) - 1)
    return st.one_of(
        st.builds(
            lambda at, to: data[:at] + bytes([to]) + data[at + 1 :], place, st.integers(0, 255)
        ),
        st.builds(lambda at: data[:at], place),
        st.builds(lambda at, more: data[:at] + more + data[at:], place, st.binary(max_size=4)),
    )


@settings(max_examples=1_000)
@given(
    st.one_of(
        st.binary(max_size=24),
        st.integers(590, 605).map(lambda size: example.FRAMES["Call"].ljust(size, b"\0")),
        *map(broken, example.FRAMES.values()),
    ),
    st.sampled_from([None, example.ADDRESS]),
)
def test_header_and_refusals_before_the_proof_are_the_same(data, elided_address):
    assert theirs(second.header, data, elided_address) == ours(our_header, data, elided_address)


@settings(max_examples=1_000)
@given(
    st.one_of(
        broken(example.ACK_BODY),
        st.binary(max_size=14).map(cbor.sequence),
        st.binary(max_size=16),
    ),
    st.sampled_from(["up", "down"]),
)
def test_an_ack_acknowledges_the_same(body, direction):
    assert theirs(second.ack, body, direction) == ours(our_ack, body, direction)


def near(least, most):
    """Numbers about both ends of what is allowed."""
    return st.sampled_from([least - 1, least, least + 1, most - 1, most, most + 1])


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**33), 2**33),
    st.integers(0, 4),
    st.binary(max_size=3),
)


@settings(max_examples=1_000)
@given(
    st.one_of(
        broken(example.CALL_BODY),
        st.integers(14, 18).map(lambda later: cbor.sequence(1, 1, 1, *[0] * later)),
        st.lists(VALUES, max_size=5).map(lambda values: cbor.sequence(*values)),
        st.tuples(near(0, 255), near(0, 3), near(1 - 2**32, 2**32 - 1)).map(
            lambda values: cbor.sequence(*values)
        ),
    )
)
def test_a_call_means_the_same(body):
    assert theirs(second.call, body, "up") == ours(our_call, body, "up")


@pytest.mark.parametrize(("name", "purpose"), [("Call", "up"), ("Ack", "down")])
def test_what_we_seal_opens_with_keys_made_from_the_text(name, purpose):
    numbers = (example.ADDRESS, example.ISSUE, example.EPOCH)
    key = second.traffic_key(example.MASTER, example.REALM, *numbers, purpose)
    header, sealed = frame.read(example.FRAMES[name])
    body = proof.unseal(crypto, key, example.EPOCH, example.REALM, header, sealed)
    again = frame.write(
        header, proof.seal(crypto, key, example.EPOCH, example.REALM, header, body)
    )
    assert second.opened(again, key, example.REALM, example.EPOCH)[1] == body


def test_what_we_sign_is_genuine_and_with_a_bit_changed_is_not():
    data = example.FRAMES["Order"]
    header, protected = frame.read(data)
    signed = proof.to_be_signed(example.REALM, header, protected[:-64])
    again = frame.write(header, protected[:-64] + example.LIVE.sign(signed))
    assert second.signed(again, example.LIVE_PUBLIC, example.REALM)
    for at in range(7, len(data)):
        other = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        assert not second.signed(other, example.LIVE_PUBLIC, example.REALM)
