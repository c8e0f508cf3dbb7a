"""The Box on the chip in its village: what is heard, pressed and lit, and what it costs."""

import pytest

from host_tools.text import known
from tests.emulator.village_on_chip import VillageOnChip

MOST_GAP_MS = 60
MOST_LAMP_MS = 200
MOST_HEAP = 110 * 1024
SILENT_MS = 5000
TEXT = "山洪来了，请立即往高处撤离，不要过河。"


@pytest.fixture(scope="module")
def village():
    with VillageOnChip() as village:
        village.up()
        yield village


def test_an_order_by_satellite_sounds_and_is_told(village):
    signed = village.order()
    assert village.end_of(signed) == "played"


def test_a_press_in_the_midst_of_a_proof_lights_the_lamp_at_once(village):
    village.probe.forget()
    since = village.chip.now_ms
    signed = village.order()
    village.until("the order on the line", lambda: _order_came(village, since))
    village.press("1")
    assert village.end_of(signed) == "played"
    lit, sounded = (village.first(*what, since) for what in (("lamp",), ("sound",)))
    pressed = village.first("button", since, down=1)
    assert lit is not None
    assert lit - pressed <= MOST_LAMP_MS
    assert lit < sounded, "the order was proven before the press: nothing is shown by this"
    assert village.probe.longest_gap_ms <= MOST_GAP_MS
    assert village.county.said("Call")


def test_a_text_is_looked_up_in_flash_and_keeps_nobody_waiting(village):
    assert village.county.said("Boot")[-1].tables == b"\x10\x20\x30"
    village.probe.forget()
    coded = known.field_of(TEXT, {0x10})
    for field, cause in ((coded, "cannot_speak"), (b"\x11" + coded[1:], "cannot_read")):
        signed = village.order(None, "danger", text=field)
        assert village.end_of(signed) == "refused"
        assert village.county.finished(signed).cause == cause
    assert village.probe.longest_gap_ms <= MOST_GAP_MS


def test_the_first_words_on_the_bus_are_stop(village):
    frames = [frame for _, frame in village.amplifier.requests]
    assert frames[0][:6] == bytes.fromhex("010600000000")


def test_nothing_is_lost_on_the_lines(village):
    state = village.box.state()
    assert state["uart_bytes_lost"] == 0
    assert state["rs485_swallowed"] == 0


def test_a_hanging_processor_opens_the_relay_and_is_started_again(village):
    signed = village.order(17, "danger")
    village.until("sound", lambda: village.box.relay.closed)
    village.pass_s(0.5)
    hung = village.chip.now_ms
    village.chip.engine.stall(20_000 * 1_000_000)
    village.until("the watchdog", lambda: village.first("reset", hung), 10)
    opened = village.first("relay", hung, relay=0)
    assert opened - hung <= SILENT_MS
    resumed = village.chip.now_ms
    village.until("words on the bus", lambda: village.amplifier.requests[-1][0] > resumed)
    first = next(frame for ms, frame in village.amplifier.requests if ms > resumed)
    assert first[:6] == bytes.fromhex("010600000000"), "the first words after a reset are not stop"
    assert village.end_of(signed) == "played"


def _order_came(village, since):
    return any(ms >= since and fact.get("satellite_heard", 0) >= 80 for ms, fact in village.notes)
