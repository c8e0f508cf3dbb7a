import unittest

from protocol import calendar, cbor, frame, messages, series
from protocol.fingerprint import SCHEMA
from protocol.messages import BadMessage
from protocol.schema import CALL_KIND, DOWN, RANK, UP

# The values of the size table: number 81234, minute 996480 (2026-11-24T00:00Z), Box 4660.
SEQ = 81234
ORDER_ID = calendar.order_id(1, 70112)

ACK = messages.make("Ack", acknowledged=bytes.fromhex("013d52c88402"))
CALL = messages.make("Call", button=2, kind="medical", minute=996480)
HEALTH = messages.make(
    "Health",
    mains=True,
    battery_percent=87,
    battery_mv=13120,
    temperature_c=-21,
    links_up=5,
    link_quality=3,
    queue=41,
    oldest_waiting_min=130,
    faults=1157,
    free_store_percent=63,
    uptime_h=2011,
    software=37,
)
PLAYBACK = messages.make(
    "Playback",
    stage="finished",
    order=ORDER_ID,
    outcome="played",
    started=996481,
    seconds=94,
    times=3,
    volts_mv=98200,
    amps_ma=1430,
    ohms_tenths=690,
    microphone_db=78,
    source="clips",
)
FAULT_OPEN = messages.make(
    "Fault", code="line_open", open=True, minute=996470, severity="high", evidence=2040
)
FAULT_CLEAR = messages.make("Fault", code="line_open", open=False, minute=996479)
STORM = messages.make(
    "Series",
    gauge=3,
    start=996360,
    step_min=5,
    values=series.encode(
        (0, 0, 1, 2, 5, 9, 14, 11, 8, 6, 3, 2, 2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    ),
    quality="good",
)
STEADY_HEAVY = messages.make(
    "Series",
    gauge=3,
    start=996360,
    step_min=5,
    values=series.encode(
        (21, 24, 23, 25, 22, 26, 24, 23, 25, 27, 22, 21)
        + (24, 26, 25, 23, 22, 24, 25, 21, 23, 26, 24, 22)
    ),
    quality="good",
)
ALARM = messages.make(
    "Alarm",
    gauge=3,
    measured="rain_mm",
    level="evacuate",
    minute=996470,
    value=82,
    threshold=80,
    window_min=60,
    sounded=True,
)
ANSWER = messages.make("Answer", order=ORDER_ID, action="moving", person=12, after_s=140)
EVACUATION = messages.make(
    "Evacuation",
    order=ORDER_ID,
    phase=2,
    should=412,
    moved=396,
    missing=3,
    shelter=390,
    injured=1,
)
DISASTER = messages.make(
    "Disaster",
    id=44,
    kind="flood",
    minute=996400,
    latitude_e5=3947021,
    longitude_e5=7598980,
    scale=3,
    dead=0,
    missing=2,
    injured=5,
    moved=396,
    trapped=11,
    houses=37,
    animals=260,
    cuts=3,
    reporter=12,
)
HAZARD = messages.make(
    "Hazard",
    id=7,
    kind="slope",
    change="worse",
    minute=996400,
    latitude_e5=-3947021,
    people=36,
)
SELF_TEST = messages.make(
    "SelfTest",
    asked_by="county",
    minute=996480,
    tested=0x3FF,
    passed=0x3FB,
    volts_mv=8200,
    battery_mv=13120,
    id=9,
)
LOG_HEAD = messages.make("LogHead", lines=70112, digest=bytes(range(8)), minute=996480)
HEALTH_DELTA = messages.make(
    "HealthDelta", base=81, changed=0x4A, fields=bytes.fromhex("185635182b")
)
MORE = messages.make("More", seq=SEQ, missing=3)
BOOT = messages.make(
    "Boot",
    boot=12,
    cause="watchdog",
    software=37,
    schema=SCHEMA,
    store="kept",
    counters=ORDER_ID,
    roads=(1400, 340),
    templates=1,
    languages=1,
)
ORDER = messages.make(
    "Order",
    slot=1,
    issued=996480,
    valid_10min=12,
    event="flash_flood",
    rank="danger",
    repeats=3,
    volume="emergency",
    template=17,
    slots=(18, 3, 1240),
    areas=b"\x07\x13",
    languages=3,
)
CANCEL = messages.make("Cancel", slot=1, order=ORDER_ID, reason="false_alarm")

SETTINGS = messages.make(
    "Settings", slot=1, issued=996480, heartbeat_s=1800, groups=(0xF001, 0xF002), microphone_db=70
)
KEYS = messages.make(
    "Keys",
    slot=0,
    issued=996480,
    subject=1,
    public_key=bytes(range(32)),
    ranks=15,
    targets=7,
    uses=1,
)
IMAGE = messages.make(
    "Image",
    slot=3,
    issued=996480,
    sequence=9,
    board="pico_box",
    software=2,
    schema=bytes(4),
    length_bytes=200000,
    chunk_bytes=400,
    digest=bytes(range(32)),
)

UPWARD = (
    ACK,
    MORE,
    CALL,
    HEALTH,
    STORM,
    STEADY_HEAVY,
    ALARM,
    PLAYBACK,
    FAULT_OPEN,
    FAULT_CLEAR,
    ANSWER,
    EVACUATION,
    DISASTER,
    HAZARD,
    SELF_TEST,
    BOOT,
    LOG_HEAD,
    HEALTH_DELTA,
)
DOWNWARD = (
    ACK,
    MORE,
    messages.make("Carry", frame=bytes(range(100))),
    ORDER,
    CANCEL,
    messages.make("CallTaken", epoch=3, seq=SEQ),
    messages.make("CallClosed", epoch=3, seq=SEQ, reason="helped"),
    SETTINGS,
    KEYS,
    messages.make("Time", answers=SEQ, second=59788800),
    messages.make("Query", what="series", since=996360, gauge=3),
    messages.make("TestCall", button=2, id=9),
    IMAGE,
    messages.make("ImageChunk", image=bytes(range(8)), number=300, data=bytes(40)),
)
EVERY = [(UP, one) for one in UPWARD] + [(DOWN, one) for one in DOWNWARD]

# Whole frames, at most so many bytes: wire.md's table.  Upward without address, signed with.
SIZES = (
    (UP, ACK, 20),
    (UP, CALL, 20),
    (UP, HEALTH, 46),
    (UP, PLAYBACK, 42),
    (UP, FAULT_OPEN, 28),
    (UP, FAULT_CLEAR, 22),
    (UP, HEALTH_DELTA, 24),
    (UP, STORM, 40),
    (UP, STEADY_HEAVY, 48),
    (UP, ANSWER, 28),
    (UP, EVACUATION, 36),
    (UP, DISASTER, 52),
    (DOWN, ORDER, 100),
    (DOWN, CANCEL, 82),
)


def number_of(direction, message):
    return messages.row_of(direction, message).number


def changed(message, **fields):
    """Return the message with these fields changed; namedtuple._replace is not on a Box."""
    names = [f[0].rstrip("?") for f in _row(message).fields]
    return type(message)(*[fields.get(n, v) for n, v in zip(names, message)])


def _row(message):
    try:
        return messages.row_of(UP, message)
    except BadMessage:
        return messages.row_of(DOWN, message)


class TestBodies(unittest.TestCase):
    def test_every_message_survives(self):
        for direction, message in EVERY:
            with self.subTest(message=message):
                body = messages.encode(direction, message)
                decoded = messages.decode(direction, number_of(direction, message), body)
                self.assertEqual(decoded, message)

    def test_a_call_is_button_kind_minute(self):
        self.assertEqual(messages.encode(UP, CALL), bytes.fromhex("02031a000f3480"))

    def test_a_health_report_has_these_bytes(self):
        self.assertEqual(
            messages.encode(UP, HEALTH),
            bytes.fromhex("f5185719334034050318291882190485183f") + bytes.fromhex("1907db1825"),
        )

    def test_an_absent_field_in_the_middle_is_null_and_at_the_end_nothing(self):
        body = messages.encode(DOWN, ORDER)
        self.assertEqual(
            body,
            bytes.fromhex("011a000f34800c02030301f611") + bytes.fromhex("8312031904d842071303"),
        )

    def test_an_order_is_named_by_slot_and_number(self):
        self.assertEqual(ORDER_ID, bytes.fromhex("010111e0"))
        self.assertIn(b"\x44" + ORDER_ID, messages.encode(DOWN, CANCEL))

    def test_a_whole_frame_is_no_longer_than_promised(self):
        for direction, message, most in SIZES:
            row = messages.row_of(direction, message)
            mode = frame.SEALED if direction == UP else frame.SIGNED
            header = frame.Header(mode, direction, row.number, row.priority, True, 4660, SEQ)
            protected = messages.encode(direction, message) + bytes(frame.PROOF_BYTES[mode])
            with self.subTest(name=row.name):
                whole = frame.write(header, protected, elided=direction == UP)
                self.assertLessEqual(len(whole), most)

    def test_a_text_order_of_60_characters_fits_its_frame_in_plain_utf_8(self):
        spoken = changed(ORDER, template=None, slots=None, areas=None, text=b"\0" + bytes(180))
        body = messages.encode(DOWN, changed(spoken, languages=None))
        self.assertLessEqual(len(body) + 64 + 7, 270)


class TestLimits(unittest.TestCase):
    def assert_unfit(self, direction, message):
        with self.assertRaises(BadMessage):
            messages.encode(direction, message)

    def test_each_kind_has_its_end(self):
        for message in (
            changed(CALL, button=256),
            changed(CALL, button=-1),
            changed(CALL, button=True),
            changed(CALL, button="2"),
            changed(CALL, kind="thirst"),
            changed(CALL, minute=1 << 32),
            changed(CALL, minute=-1 << 32),
            changed(HEALTH, mains=1),
            changed(HEALTH, temperature_c=128),
            changed(PLAYBACK, order=b"\x01\x02\x03"),
            changed(ACK, acknowledged=bytes(12)),
            changed(ACK, acknowledged="text"),
            changed(LOG_HEAD, digest=bytes(7)),
            changed(LOG_HEAD, digest=bytes(9)),
            changed(LOG_HEAD, digest="8 octets"),
            changed(DISASTER, latitude_e5=9000001),
            changed(BOOT, roads=tuple(range(9))),
            changed(BOOT, roads=(1 << 32,)),
            changed(BOOT, roads=(-1,)),
            changed(BOOT, roads=5),
        ):
            with self.subTest(message=message):
                self.assert_unfit(UP, message)

    def test_the_ends_themselves_fit(self):
        for message in (
            changed(CALL, button=255),
            changed(CALL, minute=0xFFFFFFFF),
            changed(CALL, minute=-0xFFFFFFFF),
            changed(BOOT, roads=(0xFFFFFFFF,) * 8),
        ):
            number = number_of(UP, message)
            self.assertEqual(messages.decode(UP, number, messages.encode(UP, message)), message)

    def test_a_field_that_is_needed_is_missed_both_ways(self):
        self.assert_unfit(UP, changed(CALL, minute=None))
        self.assert_unfit(UP, changed(CALL, button=None))
        with self.assertRaises(BadMessage):
            messages.decode(UP, 3, cbor.sequence(2, 3))
        with self.assertRaises(BadMessage):
            messages.decode(UP, 3, cbor.sequence(None, 3, 996480))

    def test_a_direction_has_its_own_messages(self):
        self.assert_unfit(DOWN, CALL)
        self.assert_unfit(UP, ORDER)
        for direction, number in ((UP, 17), (DOWN, 15), (UP, 31), (DOWN, 0)):
            with self.assertRaises(BadMessage):
                messages.row(direction, number)

    def test_a_record_is_made_of_its_own_fields_only(self):
        with self.assertRaises(BadMessage):
            messages.make("Call", colour=3)
        self.assertIsNone(messages.make("Call", button=2).kind)

    def test_a_record_that_no_table_names_is_not_there(self):
        with self.assertRaises(AttributeError):
            getattr(messages, "Poem")  # noqa: B009
        with self.assertRaises(BadMessage):
            messages.make("Poem", line=1)


class TestHostileBodies(unittest.TestCase):
    def test_every_truncation_is_refused_or_another_message(self):
        for direction, message in EVERY:
            body = messages.encode(direction, message)
            number = number_of(direction, message)
            for length in range(len(body)):
                with self.subTest(message=message, length=length):
                    self.assertNotEqual(self.decoded(direction, number, body[:length]), message)

    def test_every_flipped_bit_is_refused_or_another_message(self):
        for direction, message in EVERY:
            body = messages.encode(direction, message)
            number = number_of(direction, message)
            for bit in range(8 * len(body)):
                data = bytearray(body)
                data[bit // 8] ^= 0x80 >> bit % 8
                self.assertNotEqual(self.decoded(direction, number, bytes(data)), message)

    def decoded(self, direction, number, body):
        """Return the message, or None where ValueError, and nothing else, was raised."""
        try:
            return messages.decode(direction, number, body)
        except ValueError:
            return None

    def test_a_later_release_may_say_more_upward(self):
        body = messages.encode(UP, CALL) + cbor.sequence("new", (1, 2), None, 7)
        self.assertEqual(messages.decode(UP, 3, body), CALL)

    def test_but_not_without_end(self):
        messages.decode(UP, 3, messages.encode(UP, CALL) + b"\x00" * 16)
        with self.assertRaises(cbor.Malformed):
            messages.decode(UP, 3, messages.encode(UP, CALL) + b"\x00" * 17)

    def test_and_never_downward(self):
        for message in (CANCEL, changed(ORDER, text=b"", siren="steady")):
            number, body = number_of(DOWN, message), messages.encode(DOWN, message)
            self.assertEqual(messages.decode(DOWN, number, body), message)
            with self.assertRaises(BadMessage):
                messages.decode(DOWN, number, body + b"\x00")

    def test_null_at_the_end_is_left_out_and_never_sent(self):
        for tail in (b"\xf6", b"\x05\xf6"):
            with self.assertRaises(BadMessage):
                messages.decode(UP, 8, messages.encode(UP, FAULT_CLEAR) + tail)

    def test_words_outside_the_list_are_refused(self):
        for kind in (len(CALL_KIND), -1, b"\x00", True, None):
            with self.subTest(kind=kind):
                with self.assertRaises(BadMessage):
                    messages.decode(UP, 3, cbor.sequence(2, kind, 996480))

    def test_one_is_not_yes_and_yes_is_not_one(self):
        with self.assertRaises(BadMessage):
            messages.decode(UP, 8, cbor.sequence(2, 1, 996480))
        with self.assertRaises(BadMessage):
            messages.decode(UP, 3, cbor.sequence(True, 3, 996480))

    def test_an_empty_body_is_no_message(self):
        for direction, message in EVERY:
            with self.assertRaises(BadMessage):
                messages.decode(direction, number_of(direction, message), b"")


class TestCalendar(unittest.TestCase):
    def test_an_order_ends_its_tens_of_minutes_after_it_was_issued(self):
        self.assertEqual(calendar.order_ends(ORDER), 996480 + 120)

    def test_the_wire_counts_from_2025(self):
        self.assertEqual(calendar.ZERO_UNIX, (55 * 365 + 14) * 86400)

    def test_ranks_rise(self):
        self.assertEqual(RANK, ("routine", "notice", "warning", "danger"))

    def test_the_table_has_a_fingerprint_of_four_bytes(self):
        self.assertEqual(len(SCHEMA), 4)


if __name__ == "__main__":
    unittest.main()
