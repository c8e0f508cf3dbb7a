"""Every message of both tables as a whole frame, in every mode in which it may ride."""

from collections.abc import Iterator

from protocol import frame, messages
from protocol.frame import LOCAL, OPEN, SEALED, SIGNED
from protocol.schema import DOWN, UP
from tests.shared import test_messages as reference
from tests.shared.meanings import fields_of
from tests.shared.test_messages import changed
from tests.vectors import county
from tests.vectors.county import EVERYBODY, GROUP, IMAGES, OFFICE, ORDER_SEQ, SEQ, header
from tests.vectors.vector import Vector, meaning, taken

ACKNOWLEDGED = [SEQ + after for after in (0, 1, 2, 5, 9, 14, 23)]
STORM = [0, 0, 1, 2, 5, 9, 14, 11, 8, 6, 3, 2, 2, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
STEADY = [21, 24, 23, 25, 22, 26, 24, 23, 25, 27, 22, 21]
STEADY += [24, 26, 25, 23, 22, 24, 25, 21, 23, 26, 24, 22]
AFTER_DELTA = changed(reference.HEALTH, battery_percent=86, temperature_c=-22, queue=43)

SPOKEN = changed(reference.ORDER, template=None, slots=None, areas=None, languages=None)
CLIP = changed(SPOKEN, clip=9)
CARRIED_HEADER = header(SIGNED, DOWN, "Order", GROUP, ORDER_SEQ)
_CARRIED_BODY = messages.encode(DOWN, CLIP)
CARRIED = frame.write(CARRIED_HEADER, county.signed(CARRIED_HEADER, _CARRIED_BODY, county.ORDERS))
CARRY = messages.make("Carry", frame=CARRIED)

# Each message with what is packed into one of its fields.
UPWARD = (
    (reference.ACK, ACKNOWLEDGED),
    (reference.MORE, None),
    (reference.CALL, None),
    (reference.HEALTH, None),
    (reference.STORM, STORM),
    (reference.ALARM, None),
    (reference.PLAYBACK, None),
    (reference.FAULT_OPEN, None),
    (reference.ANSWER, None),
    (reference.EVACUATION, None),
    (reference.DISASTER, None),
    (reference.HAZARD, None),
    (reference.SELF_TEST, None),
    (reference.BOOT, None),
    (reference.LOG_HEAD, None),
    (reference.HEALTH_DELTA, fields_of(AFTER_DELTA)),
)
DOWNWARD = (
    (reference.ACK, ACKNOWLEDGED),
    (reference.MORE, None),
    (CARRY, meaning(CARRIED_HEADER, CLIP)),
    (messages.make("CallTaken", epoch=3, seq=SEQ), None),
    (messages.make("CallClosed", epoch=3, seq=SEQ, reason="helped"), None),
    (messages.make("Time", answers=SEQ, second=59788800), None),
    (messages.make("Query", what="series", since=996360, gauge=3), None),
    (messages.make("TestCall", button=2, id=9), None),
    (messages.make("ImageChunk", image=bytes(range(8)), number=300, data=bytes(40)), None),
)
SIGNED_DOWN = (
    reference.ORDER,
    reference.CANCEL,
    changed(reference.SETTINGS, slot=OFFICE),
    reference.KEYS,
    changed(reference.IMAGE, slot=IMAGES),
)
LOCAL_UP = ("Call", "Alarm", "Playback", "Fault", "Answer", "Evacuation", "Disaster")
OPEN_UP = ("Health", "SelfTest", "Boot", "LogHead")


def vectors() -> Iterator[Vector]:
    yield from _up()
    yield from _down()
    yield from _orders()


def _up() -> Iterator[Vector]:
    for message, says in UPWARD:
        name = type(message).__name__
        dress = (("its address left out", True), ("its address in full", False))
        for words, elided in dress:
            rule = f"{name} goes up sealed, {words}"
            ask = header(SEALED, UP, name, ack_wanted=name not in ("Ack", "More"))
            yield taken(rule, ask, message, says, elided)
        if name in LOCAL_UP:
            rule = f"{name} goes up under the local key"
            yield taken(rule, header(LOCAL, UP, name, ack_wanted=True), message, says)
        if name in OPEN_UP:
            rule = f"{name} is told at a technician's console without proof"
            yield taken(rule, header(OPEN, UP, name), message, says)


def _down() -> Iterator[Vector]:
    for message, says in DOWNWARD:
        name = type(message).__name__
        yield taken(f"{name} comes down sealed", header(SEALED, DOWN, name), message, says, True)
        if name != "ImageChunk":
            rule = f"{name} comes down under the local key"
            yield taken(rule, header(LOCAL, DOWN, name), message, says)
    query = messages.make("Query", what="health")
    rule = "Query is asked at a technician's console without proof"
    yield taken(rule, header(OPEN, DOWN, "Query"), query)
    for message in SIGNED_DOWN:
        name = type(message).__name__
        yield taken(f"{name} comes down signed", _signed(message), message)


def _signed(message, address=county.BOX, seq=ORDER_SEQ):
    return header(SIGNED, DOWN, type(message).__name__, address, seq)


def _orders() -> Iterator[Vector]:
    for rule, text, says in (
        ("an Order's text is UTF-8 behind a zero", b"\0" + "请立即撤离".encode(), "请立即撤离"),
        ("an Order's text is codes of a table the Box has", bytes.fromhex("10d3"), "洪水，水"),
        ("an Order's text may be empty", b"\0", ""),
    ):
        message = changed(SPOKEN, text=text)
        yield taken(rule, _signed(message, GROUP), message, says)
    for rule, message in (
        ("an Order names a clip", CLIP),
        ("an Order names a siren pattern", changed(SPOKEN, siren="two_tone")),
        (
            "an Order's gaps are filled by numbers up to 32 bits",
            changed(SPOKEN, template=17, slots=(0, 23, 24, 255, 256, 65535, 65536, 0xFFFFFFFF)),
        ),
        (
            "an Order replaces an earlier one of its slot",
            changed(CLIP, replaces=county_order(county.ORDERS, ORDER_SEQ - 1)),
        ),
        ("the drill slot orders drills", changed(CLIP, slot=county.DRILLS)),
        ("the township orders notices", changed(CLIP, slot=county.TOWNSHIP, rank="notice")),
    ):
        yield taken(rule, _signed(message, GROUP), message)
    rule = "an Order may be for everybody"
    yield taken(rule, _signed(CLIP, EVERYBODY), CLIP)
    cancel = changed(reference.CANCEL, order=county_order(county.TOWNSHIP, 5))
    rule = "a Cancel may withdraw what a slot with no wider scope gave"
    yield taken(rule, _signed(cancel, GROUP), cancel)
    for rule, fields in (
        ("Keys may revoke a slot", {"subject": 1, "revoked": True}),
        ("Keys may order an epoch", {"epoch": 9}),
        ("Keys may bring the next root", {"subject": 0, "public_key": bytes(range(32))}),
    ):
        message = messages.make("Keys", slot=0, issued=996480, **fields)
        yield taken(rule, _signed(message, EVERYBODY), message)


def county_order(slot, seq) -> bytes:
    """Return the four bytes that name an order."""
    return bytes((slot,)) + seq.to_bytes(3, "big")
