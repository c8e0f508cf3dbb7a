"""What an hour brings, without its waiting: the heap is as full after it as before."""

from tests.emulator import hour

ROUND_S = 60
MOST_HEAP = 110 * 1024


def test_after_an_hours_heartbeats_orders_and_calls_the_heap_is_as_full_as_before():
    with hour.old_village(heartbeat_s=5) as village:
        village.up()
        lives, peaks = zip(*hour.rounds(village, hour.ROUNDS, ROUND_S), strict=True)
    assert hour.grown(list(lives)) <= hour.MOST_GROWN_BYTES, lives
    assert max(peaks) <= MOST_HEAP
