"""What each kind of road is like: one table, from what its carrier says of it."""

from collections import namedtuple

# mtu in bytes; cost orders the roads, cheapest first; elided: the carrier's identity names
# this Box; bare_signed: a SIGNED frame is taken without a Carry around it; grain_bytes: what the
# carrier counts in, 0 where every frame goes by itself; patience_ms: a road that left sends
# unanswered for so long is silent; routine_ms: rest between two routine reports where every
# message is paid for; retry_ms: rest of a Slip after its n-th send; carried_ms: the same where the
# carrier said that it has it, empty where it never says so; rest_ms: the longest rest of the road
# after its n-th refusal; budget: firmware.budget.Limits of a day.
Kind = namedtuple(
    "Kind",
    (
        "mtu",
        "cost",
        "elided",
        "bare_signed",
        "grain_bytes",
        "patience_ms",
        "routine_ms",
        "retry_ms",
        "carried_ms",
        "rest_ms",
        "budget",
    ),
)

# Of a day: so many messages, bytes and cents; cents for each grain begun.  None: not counted.
Limits = namedtuple("Limits", ("messages", "bytes", "cents", "cents_a_grain"))

_FREE = Limits(None, None, None, 0)

KINDS = {
    "ip": Kind(
        1200,
        0,
        False,
        False,
        0,
        8_000,
        0,
        (2_000, 4_000, 8_000, 15_000, 30_000, 60_000),
        (),
        (2_000, 5_000),
        _FREE,
    ),
    # One message a minute for all of a county's Boxes: an Ack may take some of them.
    "beidou": Kind(
        77,
        5,
        True,
        True,
        77,
        300_000,
        14_400_000,
        (120_000, 180_000, 300_000),
        (),
        (5_000, 30_000, 60_000),
        Limits(720, None, None, 0),
    ),
    # Ground Control, "Adaptive Retry": at random within 5 s twice, within 30 s twice, then 5 min.
    "sbd": Kind(
        340,
        10,
        True,
        True,
        50,
        120_000,
        14_400_000,
        (30_000, 60_000, 120_000, 300_000),
        (300_000, 600_000, 1_800_000),
        (5_000, 5_000, 30_000, 30_000, 300_000),
        Limits(288, 14_400, None, 0),
    ),
}
