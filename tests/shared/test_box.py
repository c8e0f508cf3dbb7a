import unittest

from drivers.lamp import CALLING, DELIVERED, FAILED, OFF, TAKEN
from protocol import frame, messages
from protocol.ed25519 import Verifier
from protocol.keyring_file import ALL_RANKS, FOR_ORDERS, TO_ONE, Slot
from protocol.schema import FAULT
from tests.fakes import HEALTHY, Reading
from tests.shared.order_vector import ORDER, PUBLIC_KEY
from tests.shared.text_table import area, by_hand
from tests.village import (
    DRILL,
    GROUP,
    LIVE,
    NEIGHBOUR,
    OTHER_GROUP,
    SETTINGS,
    TOWNSHIP,
    in_a_village,
)

OPEN_LINE = Reading(80_000, 0, 40)
PLAYED = [("verified", None, None), ("playing", None, None), ("finished", "played", None)]
WHOLE_S = 8


class TestOrders(unittest.TestCase):
    def test_an_order_is_heard_and_reported_at_each_stage(self):
        async def script(village):
            order = village.county.order("notice", repeats=2)
            village.tell(order)
            await village.pass_s(12)
            self.assertEqual(village.heard(), ["1", "1"])
            self.assertEqual(village.county.fate(order), PLAYED)
            last = village.county.finished(order)
            self.assertEqual((last.volts_mv, last.amps_ma), (80_000, 480))
            self.assertEqual((last.ohms_tenths, last.microphone_db), (1_666, 92))
            self.assertEqual((last.times, last.started), (2, village.county.minute()))

        in_a_village(script)

    def test_an_order_by_satellite_alone_is_heard_and_reported_by_satellite(self):
        async def script(village):
            order = village.county.order("danger", to=GROUP)
            village.tell(order, "sbd")
            await village.pass_s(20)
            self.assertEqual(village.county.fate(order), PLAYED)
            self.assertEqual({road for row in village.county.rows for road in row.roads}, {"sbd"})

        in_a_village(script, roads=("sbd",))

    def test_danger_cuts_a_notice_and_both_are_told_truthfully(self):
        async def script(village):
            notice = village.county.order("notice", template=1)
            village.tell(notice)
            await village.pass_s(3)
            danger = village.county.order("danger", template=2)
            village.tell(danger)
            await village.pass_s(10)
            self.assertEqual(village.heard(), ["1", "2"])
            cut = village.county.finished(notice)
            self.assertEqual((cut.outcome, cut.cause, cut.times), ("cut", "higher_rank", 0))
            self.assertLess(cut.seconds, 4)
            self.assertEqual(village.county.fate(danger), PLAYED)

        in_a_village(script)

    def test_a_line_fault_is_failed_with_its_cause_until_an_order_is_heard_again(self):
        async def script(village):
            village.board.amplifier.reading = OPEN_LINE
            order = village.county.order("danger")
            village.tell(order)
            await village.pass_s(WHOLE_S)
            failed = [("verified", None, None), ("finished", "failed", "line_open")]
            self.assertEqual(village.county.fate(order), failed)
            village.board.amplifier.reading = HEALTHY
            village.tell(village.county.order("danger"))
            await village.pass_s(WHOLE_S)
            faults = [(f.code, f.open, f.severity) for f in village.county.said("Fault")]
            self.assertEqual(faults, [("line_open", True, "high"), ("line_open", False, None)])

        in_a_village(script)

    def test_a_drill_says_so_first_and_last_and_yields_to_anything_live(self):
        async def script(village):
            drill = village.county.order("danger", slot=DRILL)
            village.tell(drill)
            await village.pass_s(9)
            self.assertEqual(village.heard(), ["drill", "1", "drill"])
            self.assertEqual(village.county.fate(drill), PLAYED)
            second = village.county.order("danger", slot=DRILL)
            village.tell(second)
            await village.pass_s(3)
            village.tell(village.county.order("routine", template=2))
            await village.pass_s(WHOLE_S)
            self.assertEqual(village.county.finished(second).outcome, "cut")
            self.assertEqual(village.heard()[-1], "2")

        in_a_village(script)

    def test_an_order_this_box_has_no_voice_for_is_refused_and_told(self):
        async def script(village):
            order = village.county.order("danger", template=77)
            village.tell(order)
            await village.pass_s(3)
            refused = ("finished", "refused", "cannot_speak")
            self.assertEqual(village.county.fate(order)[-1], refused)
            self.assertEqual(village.heard(), [])

        in_a_village(script)

    def test_a_text_in_few_bytes_is_spoken_and_told(self):
        async def script(village):
            self.assertEqual(village.county.said("Boot")[-1].tables, b"\x10")
            order = village.county.order("danger", template=None, text=b"\x10\xd3")
            village.tell(order)
            await village.pass_s(WHOLE_S)
            self.assertIn(("text", "洪水，水"), village.board.player.heard)
            self.assertEqual(village.county.fate(order), PLAYED)
            self.assertEqual(village.county.finished(order).source, "speech")

        in_a_village(script, tables=area(by_hand()), speaks=True)

    def test_a_text_by_a_table_this_box_does_not_have_is_never_spoken_and_told(self):
        async def script(village):
            self.assertIsNone(village.county.said("Boot")[-1].tables)
            order = village.county.order("danger", template=None, text=b"\x10\xd3")
            village.tell(order)
            await village.pass_s(3)
            refused = ("finished", "refused", "cannot_read")
            self.assertEqual(village.county.fate(order)[-1], refused)
            in_utf_8 = village.county.order(
                "danger", template=None, text=b"\0" + "水水水水水".encode()
            )
            village.tell(in_utf_8)
            await village.pass_s(WHOLE_S)
            self.assertEqual(village.county.fate(in_utf_8), PLAYED)
            spoken = [part for part in village.board.player.heard if part[0] == "text"]
            self.assertEqual(spoken, [("text", "水水水水水")])

        damaged = bytearray(area(by_hand()))
        damaged[20] ^= 1
        in_a_village(script, tables=damaged, speaks=True)

    def test_a_siren_sounds_and_says_that_it_was_one(self):
        async def script(village):
            order = village.county.order("danger", template=None, siren="two_tone")
            village.tell(order)
            await village.pass_s(20)
            self.assertEqual(village.heard(), [])  # no clip
            self.assertEqual(village.county.fate(order), PLAYED)
            self.assertEqual(village.county.finished(order).source, "siren")

        in_a_village(script)

    def test_an_order_with_slots_nobody_recorded_is_refused_and_told(self):
        async def script(village):
            order = village.county.order("danger", slots=(18, 3, 1240))
            village.tell(order)
            await village.pass_s(3)
            refused = ("finished", "refused", "cannot_speak")
            self.assertEqual(village.county.fate(order)[-1], refused)
            self.assertEqual(village.heard(), [])

        in_a_village(script)

    def test_an_order_signed_with_ed25519_is_heard_and_its_neighbour_is_not(self):
        neighbour = ORDER[:-1] + bytes((ORDER[-1] ^ 1,))
        slots = (Slot(LIVE, PUBLIC_KEY, ALL_RANKS, TO_ONE, FOR_ORDERS, 0),)

        async def script(village):
            village.put(neighbour, "sbd")
            await village.pass_s(10)
            self.assertEqual(village.heard(), [])
            self.assertEqual(village.journal(), ["sbd: not signed by the county"])
            village.put(ORDER, "sbd")
            await village.pass_s(10)
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script, slots=slots, verifier=Verifier())


class TestSilence(unittest.TestCase):
    """What may not sound is one line in the Journal: no sound, no report, nothing kept."""

    def stays_silent(self, line, make, road="ip", prepare=None, **conditions):
        async def script(village):
            if prepare is not None:
                await prepare(village)
            data = make(village)
            before = self.seen(village)
            village.put(data, road)
            await village.pass_s(20)
            after = self.seen(village)
            self.assertEqual(after[1:], before[1:], line)
            self.assertEqual(village.journal()[before[0] :], [road + ": " + line])

        in_a_village(script, **conditions)

    def seen(self, village):
        county, kept = village.county, dict(village.store.items())
        kept.pop(b"Q", None)
        return len(village.lines.lines), village.heard(), list(county.rows), kept

    def carried(self, **fields):
        """Return a maker of a Carry with this order in it."""
        return lambda village: village.county.carry(village.county.order("danger", **fields))

    def forged(self, village):
        order = village.county.order("danger")
        data = order.frame[:-1] + bytes((order.frame[-1] ^ 1,))
        return village.county.sealed(messages.Carry(data))

    def test_a_forged_order(self):
        self.stays_silent("not signed by the county", self.forged)

    def test_a_forged_order_whatever_the_settings_say(self):
        """There is no switch that turns verification off, by none of the names it might have."""
        for state in (True, False, "off"):
            settings = dict(SETTINGS)
            for word in ("verify", "signatures", "insecure", "debug", "test", "demo", "drill"):
                settings[word] = state
            self.stays_silent("not signed by the county", self.forged, settings=settings)

    def test_an_order_made_to_last_longer(self):
        def forged(village):
            order = village.county.order("danger", valid_10min=6)
            data = order.frame.replace(b"\x06", b"\x07")
            return village.county.sealed(messages.Carry(data))

        self.stays_silent("not signed by the county", forged)

    def test_an_order_of_another_county(self):
        self.stays_silent("not signed by the county", self.carried(realm=b"\7" * 8))

    def test_an_order_for_another_box(self):
        self.stays_silent("refused: for another Box", self.carried(to=NEIGHBOUR))

    def test_an_order_for_another_group(self):
        self.stays_silent("refused: for another Box", self.carried(to=OTHER_GROUP))

    def test_an_order_for_another_area(self):
        self.stays_silent("refused: for another area", self.carried(areas=b"\1\2\3"))

    def test_an_order_by_an_unknown_slot(self):
        self.stays_silent("refused: not permitted: no such key slot", self.carried(slot=9))

    def test_a_live_order_signed_with_the_drill_key(self):
        def by_the_drill_key(village):
            drill = village.county.order("danger", slot=DRILL, seq=1)
            live = village.county.order("danger", slot=LIVE, seq=1)
            data = live.frame[:-64] + drill.frame[-64:]
            return village.county.sealed(messages.Carry(data))

        self.stays_silent("not signed by the county", by_the_drill_key)

    def test_an_order_above_the_rank_of_its_slot(self):
        line = "refused: not permitted: this slot has no such rank"
        self.stays_silent(line, self.carried(slot=TOWNSHIP))

    def test_a_late_order(self):
        def late(village):
            minute = village.county.minute()
            order = village.county.order("danger", issued=minute - 10, valid_10min=1)
            return village.county.carry(order)

        self.stays_silent("refused: late", late)

    def test_an_order_played_back(self):
        async def prepare(village):
            self.data = village.county.carry(village.county.order("danger"))
            village.put(self.data)
            await village.pass_s(WHOLE_S)

        self.stays_silent("refused: seen before", lambda _: self.data, prepare=prepare)

    def test_an_order_played_back_after_a_power_cut(self):
        async def prepare(village):
            self.data = village.county.carry(village.county.order("danger"))
            village.put(self.data)
            await village.pass_s(WHOLE_S)
            await village.cut_power()
            await village.pass_s(3)

        self.stays_silent("refused: seen before", lambda _: self.data, prepare=prepare)

    def test_an_order_outside_a_carry_on_the_open_road(self):
        line = "refused: a signed frame outside a Carry on this road"
        self.stays_silent(line, lambda village: village.county.order("danger").frame)

    def test_an_order_that_is_only_sealed(self):
        def only_sealed(village):
            order = village.county.order("danger").message
            return village.county.sealed(order)

        self.stays_silent("refused: this type is never taken in this mode", only_sealed)

    def test_a_frame_sealed_for_another_box(self):
        def wrong(village):
            return village.county.sealed(messages.Ack(b"\0\0\0"), to=NEIGHBOUR)

        self.stays_silent("refused: for another Box", wrong)

    def test_a_frame_sealed_with_another_key(self):
        def wrong(village):
            return village.county.sealed(messages.Ack(b"\0\0\0"), epoch=7)

        self.stays_silent("refused: the tag is wrong", wrong)

    def test_a_frame_of_this_box_played_back_to_it(self):
        line = "refused: an upward frame coming down"
        self.stays_silent(line, lambda village: village.board.ip.carried[0])

    def test_a_carry_in_a_carry(self):
        def nested(village):
            inner = village.county.carry(village.county.order("danger"))
            return village.county.sealed(messages.Carry(inner))

        self.stays_silent("refused: only signed frames travel in a Carry", nested)

    def test_what_a_station_could_have_sealed_where_there_is_no_station(self):
        def local(village):
            carry = messages.Carry(village.county.order("danger").frame)
            return village.county.sealed(carry, ack_wanted=True, mode=frame.LOCAL)

        for road in ("ip", "sbd"):
            line = "refused: a local frame, and this Box has no Station"
            self.stays_silent(line, local, road)

    def test_what_is_genuine_and_cannot_be_acted_on_is_told_and_not_acknowledged(self):
        for name, fields in (
            ("TestCall", {"button": 1, "id": 9}),
            ("Query", {"what": "series", "gauge": 1}),
            ("ImageChunk", {"image": bytes(8), "number": 0, "data": b"\0"}),
        ):
            asked = messages.make(name, **fields)
            line = "refused: genuine, but this Box cannot act on it yet: " + name
            with self.subTest(name=name):
                self.stays_silent(line, lambda v, a=asked: v.county.sealed(a, ack_wanted=True))

    def test_keys_and_images_from_a_slot_that_gives_orders(self):
        def keys(village):
            given = messages.make("Keys", slot=LIVE, issued=1, subject=9, public_key=bytes(32))
            return village.county.carry(village.county.signed(given))

        def image(village):
            given = messages.make(
                "Image", slot=LIVE, issued=1, sequence=1, board="pico_box", software=2,
                schema=bytes(4), length_bytes=4, chunk_bytes=4, digest=bytes(32),
            )  # fmt: skip
            return village.county.carry(village.county.signed(given))

        self.stays_silent("refused: not permitted: only the root signs keys", keys)
        line = "refused: not permitted: this slot is for something else"
        self.stays_silent(line, image)

    def test_a_time_that_answers_nothing(self):
        def lie(village):
            return village.county.sealed(messages.Time(0xABCDEF, 1))

        self.stays_silent("refused: an answer to nothing this Box asked", lie)

    def test_noise_of_any_length(self):
        for data in (b"", b"\0", b"\x90", b"\x92\x18" + bytes(9), b"\xff" * 700, b"\1\5abc"):
            self.stays_silent_whatever(data)

    def test_a_good_frame_cut_short_anywhere(self):
        async def script(village):
            good = village.county.carry(village.county.order("danger"))
            for length in range(len(good)):
                village.put(good[:length])
            await village.pass_s(5)
            self.assertEqual(len(village.journal()), len(good))
            self.assertEqual(village.heard(), [])
            village.put(good)
            await village.pass_s(WHOLE_S)
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)

    def stays_silent_whatever(self, data):
        async def script(village):
            village.put(data)
            await village.pass_s(5)
            self.assertEqual(len(village.journal()), 1)
            self.assertEqual(village.heard(), [])

        in_a_village(script)


class TestWithoutClock(unittest.TestCase):
    def without_clock(self, script):
        async def silent_county(village):
            village.county.tells_the_time = False
            await village.cut_power()
            await script(village)

        in_a_village(silent_county)

    def test_danger_sounds_at_once_and_its_minute_is_since_the_start(self):
        async def script(village):
            order = village.county.order("danger")
            village.tell(order)
            await village.pass_s(WHOLE_S)
            self.assertEqual(village.heard(), ["1"])
            self.assertEqual(village.county.finished(order).started, -1)

        self.without_clock(script)

    def test_a_notice_waits_until_the_time_is_known(self):
        async def script(village):
            order = village.county.order("notice")
            village.tell(order)
            await village.pass_s(60)
            self.assertEqual(village.heard(), [])
            self.assertEqual(village.county.fate(order), [("verified", None, None)])
            village.county.tells_the_time = True
            await village.pass_s(20 + WHOLE_S)
            self.assertEqual(village.heard(), ["1"])
            self.assertEqual(village.county.fate(order), PLAYED)

        self.without_clock(script)

    def test_a_notice_that_is_late_when_the_time_is_known_is_refused(self):
        async def script(village):
            minute = village.county.minute()
            order = village.county.order("notice", issued=minute - 9, valid_10min=1)
            # the newest minute this Box knows is that of its last start, so look before it
            village.store.put(b"M", (minute - 20).to_bytes(4, "big"))
            await village.cut_power()
            village.tell(order)
            await village.pass_s(120)
            village.county.tells_the_time = True
            await village.pass_s(30)
            self.assertEqual(village.heard(), [])
            refused = ("finished", "refused", "too_late")
            self.assertEqual(village.county.fate(order)[-1], refused)

        self.without_clock(script)

    def test_the_box_asks_until_it_is_told_and_then_says_when_it_started(self):
        async def script(village):
            await village.pass_s(60)
            asked = [boot.started for boot in village.county.said("Boot")]
            self.assertGreaterEqual(len(asked), 3)
            self.assertEqual(set(asked[2:]), {None})
            village.county.tells_the_time = True
            await village.pass_s(30)
            self.assertIsNotNone(village.county.said("Boot")[-1].started)
            count = len(village.county.said("Boot"))
            await village.pass_s(120)
            self.assertEqual(len(village.county.said("Boot")), count)

        self.without_clock(script)


class TestCancel(unittest.TestCase):
    def end_state(self, arrivals, pause_s):
        """Return what is left after order, duplicate and cancel came in this order."""
        found = []

        async def script(village):
            order = village.county.order("danger", seq=10, repeats=2)
            cancel = village.county.cancel(order.order_id, seq=11)
            for what in arrivals:
                village.tell(cancel if what == "cancel" else order)
                await village.pass_s(pause_s)
            await village.pass_s(15)
            await village.cut_power()
            await village.pass_s(15)
            ledger = [(k, v) for k, v in village.store.items() if k[:1] in (b"L", b"F")]
            found.append((village.county.fate(order)[-1], ledger))
            found.append(village.heard())

        in_a_village(script)
        return found

    def test_in_whatever_order_they_come_the_order_ends_cancelled(self):
        closed = [(b"F\1", b"\0\0\x0a\0\0\x0b" + b"\xff" * 3 * 63)]
        for arrivals in (
            ("order", "order", "cancel"),
            ("order", "cancel", "order"),
            ("cancel", "order", "order"),
            ("cancel", "order", "cancel", "order"),
            ("order", "cancel", "cancel"),
        ):
            for pause_s in (0, 2):
                with self.subTest(arrivals=arrivals, pause_s=pause_s):
                    end, heard = self.end_state(arrivals, pause_s)
                    self.assertEqual(end, (("finished", "cancelled", "withdrawn"), closed))
                    if arrivals[0] == "cancel" or pause_s == 0:
                        self.assertEqual(heard, [])

    def test_a_cancel_stops_the_voice_at_once_and_is_told_with_what_was_heard(self):
        async def script(village):
            order = village.county.order("danger", repeats=9)
            village.tell(order)
            await village.pass_s(7)
            village.tell(village.county.cancel(order.order_id))
            await village.pass_s(1)
            self.assertFalse(village.board.amplifier.awake)
            last = village.county.finished(order)
            self.assertEqual((last.outcome, last.times, last.volts_mv), ("cancelled", 1, 80_000))

        in_a_village(script)

    def test_a_cancel_after_the_end_changes_nothing(self):
        async def script(village):
            order = village.county.order("danger")
            village.tell(order)
            await village.pass_s(WHOLE_S)
            village.tell(village.county.cancel(order.order_id))
            await village.pass_s(5)
            self.assertEqual(village.county.fate(order), PLAYED)

        in_a_village(script)

    def test_a_correction_silences_what_it_replaces_and_sounds(self):
        async def script(village):
            wrong = village.county.order("danger", repeats=9)
            village.tell(wrong)
            await village.pass_s(5)
            right = village.county.order("danger", template=2, replaces=wrong.order_id)
            village.tell(right)
            await village.pass_s(10)
            self.assertEqual(village.county.finished(wrong).outcome, "cancelled")
            self.assertEqual(village.county.fate(right), PLAYED)
            self.assertEqual(village.heard()[-1], "2")

        in_a_village(script)


class TestCalls(unittest.TestCase):
    def test_the_lamp_tells_how_far_the_call_has_come(self):
        async def script(village):
            county = village.county
            self.assertEqual(village.lamp(), OFF)
            county.acknowledges = False
            await village.press()
            self.assertEqual(village.lamp(), CALLING)
            await village.pass_s(30)
            self.assertEqual(village.lamp(), CALLING)
            county.acknowledges = True
            await village.pass_s(30)
            self.assertEqual(village.lamp(), DELIVERED)
            name = county.names("Call")[0]
            village.put(county.sealed(messages.CallTaken(*name), ack_wanted=True))
            await village.pass_s(1)
            self.assertEqual(village.lamp(), TAKEN)
            village.put(county.sealed(messages.CallClosed(name[0], name[1], "helped")), "sbd")
            await village.pass_s(1)
            self.assertEqual(village.lamp(), OFF)
            self.assertEqual(len(county.said("Call")), 1)

        in_a_village(script)

    def test_an_answer_that_wants_an_acknowledgement_gets_the_same_one_each_time(self):
        async def script(village):
            await village.press()
            await village.pass_s(1)
            name = village.county.names("Call")[0]
            taken = village.county.sealed(messages.CallTaken(*name), ack_wanted=True)
            for _ in range(5):
                village.put(taken)
                await village.pass_s(1)
            seq = frame.read(taken)[0].seq
            acks = [row for row in village.county.rows if type(row.message) is messages.Ack]
            self.assertEqual([row.message.acknowledged for row in acks], [seq.to_bytes(3, "big")])
            self.assertEqual(len(acks[0].roads), 5)
            self.assertEqual(village.county.conflicts, [])

        in_a_village(script)

    def test_no_number_is_used_twice_though_an_epoch_ends_at_an_acknowledgement(self):
        for left in range(6):
            with self.subTest(left=left):
                self.check_epoch_ends(left)

    def check_epoch_ends(self, left):
        """Have the Box come to its last safe number, and answer a county that wants Acks."""

        async def script(village):
            mark = frame.name(village.county.epoch, 0xF00000 - left)
            village.store.put(b"Q", mark)
            await village.cut_power()
            await village.pass_s(2)
            for seq in range(4):
                taken = messages.CallTaken(1, seq)
                village.put(village.county.sealed(taken, ack_wanted=True))
                await village.pass_s(2)
            self.assertGreater(village.county.epoch, 1)
            self.assertEqual(village.county.conflicts, [])

        in_a_village(script)

    def test_an_answer_under_an_epoch_that_is_over_is_not_acknowledged(self):
        async def script(village):
            village.set_roads()
            await village.press()
            await village.pass_s(1)
            village.store.state = "damaged"
            await village.cut_power()
            old_epoch = village.county.epoch
            taken = messages.CallTaken(1, 2)
            village.put(village.county.sealed(taken, ack_wanted=True, epoch=old_epoch))
            village.set_roads("ip")
            await village.pass_s(30)
            self.assertEqual(village.county.epoch, old_epoch + 1)
            self.assertEqual(village.county.said("Ack"), [])
            self.assertEqual(len(village.county.said("Call")), 1)

        in_a_village(script)

    def test_a_call_is_heard_over_whichever_road_is_left(self):
        for road in ("ip", "sbd"):
            with self.subTest(road=road):
                self.check_call_by(road)

    def check_call_by(self, road):
        async def script(village):
            await village.press()
            await village.pass_s(10)
            self.assertEqual(len(village.county.said("Call")), 1)
            self.assertEqual(village.lamp(), DELIVERED)

        in_a_village(script, roads=(road,))

    def test_a_call_made_while_every_road_is_cut_waits_with_its_lamp_calling(self):
        async def script(village):
            await village.press()
            await village.pass_s(600)
            self.assertEqual(village.lamp(), CALLING)
            await village.cut_power()
            self.assertEqual(village.lamp(), CALLING)
            village.set_roads("ip", "sbd")
            await village.pass_s(30)
            self.assertEqual(village.lamp(), DELIVERED)
            self.assertEqual(len(village.county.said("Call")), 1)
            self.assertEqual(village.county.conflicts, [])

        in_a_village(script, roads=())

    def test_a_call_the_flash_cannot_keep_is_shown_as_failed(self):
        async def script(village):
            village.store.refuse = lambda key, value: key[:1] == b"S"
            await village.press()
            self.assertEqual(village.lamp(), FAILED)
            self.assertEqual(village.county.said("Call"), [])

        in_a_village(script)

    def test_a_delivery_the_flash_cannot_keep_is_shown_once_it_can(self):
        async def script(village):
            village.county.acknowledges = False
            await village.press()
            await village.pass_s(1)
            village.store.refuse = lambda key, value: key[:1] == b"C"
            village.county.acknowledges = True
            await village.pass_s(5)
            self.assertEqual(village.lamp(), CALLING)
            village.store.refuse = None
            await village.pass_s(10)
            self.assertEqual(village.lamp(), DELIVERED)
            self.assertEqual([line for line in village.journal() if "crashed" in line], [])

        in_a_village(script)


class TestHousekeeping(unittest.TestCase):
    def test_a_box_says_that_it_started_and_how_it_is(self):
        async def script(village):
            await village.pass_s(900)
            boot, health = village.county.said("Boot")[-1], village.county.health()
            self.assertEqual((boot.boot, boot.cause, boot.store), (1, "power", "kept"))
            self.assertEqual(boot.started, village.county.said("Boot")[-1].started)
            self.assertEqual((health.queue, health.faults, health.links_up), (0, 0, 2))
            await village.cut_power()
            await village.pass_s(3)
            self.assertEqual(village.county.said("Boot")[-1].boot, 2)

        in_a_village(script)

    def test_boot_tells_the_highest_number_known_of_each_slot(self):
        async def script(village):
            village.tell(village.county.order("danger", seq=700))
            await village.pass_s(WHOLE_S)
            await village.cut_power()
            await village.pass_s(3)
            counters = village.county.said("Boot")[-1].counters
            self.assertEqual(counters, b"\1" + (700).to_bytes(3, "big"))

        in_a_village(script)

    def test_a_store_that_was_new_or_damaged_is_a_fault_until_it_is_kept(self):
        async def script(village):
            await village.pass_s(3)
            self.assertEqual(village.county.said("Fault")[0].code, "store_formatted")
            village.store.state = "kept"
            await village.cut_power()
            await village.pass_s(3)
            last = village.county.said("Fault")[-1]
            self.assertEqual((last.code, last.open), ("store_formatted", False))
            self.assertEqual(village.county.health().faults, 0)

        in_a_village(script, state="formatted")

    def test_a_box_provisioned_again_brings_what_it_kept_and_takes_orders(self):
        async def script(village):
            village.set_roads()
            for _ in range(3):
                village.tell(village.county.order("danger", template=77))
            await village.press()
            await village.pass_s(10)
            image = village.county.provision_again()
            for cell in village.cells:
                cell.data = image
            village.set_roads("ip", "sbd")
            await village.cut_power()
            await village.pass_s(30)
            self.assertEqual(len(village.county.said("Call")), 1)
            self.assertEqual(len(village.county.said("Playback")), 6)
            order = village.county.order("danger")
            village.tell(order)
            await village.pass_s(WHOLE_S)
            self.assertEqual(village.county.fate(order), PLAYED)
            self.assertEqual(village.county.conflicts, [])

        in_a_village(script)

    def test_a_service_that_crashes_is_a_fault_and_the_others_live_on(self):
        async def script(village):
            def broken(pattern):
                raise ValueError("no such lamp")

            village.board.lamp.show = broken
            await village.press()
            await village.pass_s(5)
            bit = 1 << FAULT.index("service_crashed")
            codes = [fault.code for fault in village.county.said("Fault")]
            self.assertEqual(codes, ["service_crashed"])
            order = village.county.order("danger")
            village.tell(order)
            await village.pass_s(WHOLE_S)
            self.assertEqual(village.county.fate(order), PLAYED)
            await village.pass_s(900)
            self.assertEqual(village.county.health().faults & bit, bit)

        in_a_village(script)

    def test_a_full_flash_stops_no_service(self):
        async def script(village):
            village.store.refuse = lambda key, value: True
            village.tell(village.county.order("danger"))
            await village.press()
            await village.pass_s(1_000)
            crashes = [line for line in village.journal() if "crashed" in line]
            self.assertEqual(crashes, [])
            village.store.refuse = None
            order = village.county.order("danger")
            village.tell(order)
            await village.pass_s(60)
            self.assertEqual(village.county.fate(order), PLAYED)

        in_a_village(script)

    def test_a_modem_that_is_pulled_out_is_one_line_and_comes_back(self):
        async def script(village):
            village.board.ip.lose("the cable is gone")
            await village.pass_s(2)
            self.assertEqual(village.journal(), ["ip: the cable is gone"])
            order = village.county.order("danger")
            village.tell(order)
            await village.pass_s(WHOLE_S)
            self.assertEqual(village.county.fate(order), PLAYED)

        in_a_village(script)


if __name__ == "__main__":
    unittest.main()
