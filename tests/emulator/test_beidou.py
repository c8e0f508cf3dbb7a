"""A Box on the chip whose satellite is BeiDou: a call goes when the card may, and is answered."""

from tests.emulator.beidou_neighbours import COUNTY, INTERVAL_S, TerminalAt
from tests.emulator.test_village import MOST_GAP_MS, MOST_HEAP
from tests.emulator.village_on_chip import SETTINGS, VillageOnChip

DELIVERED_MS = 500  # of light, and as much of darkness
BOARD = {**SETTINGS["board"], "beidou": {"baud": 115_200, "county": COUNTY}}
PATIENCE_S = 120


def delivered(village, since):
    """Return whether the lamp's last light was as long as that of a call that arrived."""
    lights = [(ms, fact["on"]) for ms, fact in village.notes if ms > since and "lamp" in fact]
    if len(lights) < 2 or lights[-1][1]:
        return False
    return abs(lights[-1][0] - lights[-2][0] - DELIVERED_MS) < MOST_GAP_MS


def test_a_call_goes_by_beidou_when_the_card_may_send_and_the_lamp_tells_that_it_arrived():
    with VillageOnChip(change={"board": BOARD}, modem=TerminalAt) as village:
        village.until("ready", lambda: b"ready" in village.said)
        village.pass_s(1)
        village.probe.forget()
        pressed = village.chip.now_ms
        village.press()
        village.until("the call", lambda: village.county.said("Call"), PATIENCE_S)
        assert village.chip.now_ms >= 1000 * INTERVAL_S, "nobody knows when the card last sent"
        village.until("its answer", lambda: delivered(village, pressed), PATIENCE_S)
        village.pass_s(2 * INTERVAL_S)
        assert len(village.county.said("Call")) == 1
        assert village.modem.asked_early == 0
        assert village.probe.longest_gap_ms <= MOST_GAP_MS
        assert village.probe.heap_peak <= MOST_HEAP
