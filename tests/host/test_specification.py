"""protocol/README.md is enough to write a decoder from, so what it says has to be so."""

import re
from pathlib import Path

import pytest

from host_tools import decode, describe
from host_tools.decode import GENUINE, CountyKeys
from host_tools.keys.public import Public, PublicSlot
from protocol import acks, frame, messages, proof
from protocol.schema import BYTES, CHOICE, DOWN, DOWNWARD, INT, U32, UINT, UP, UPWARD
from tests.host import worked_examples as given
from tests.host.worked_examples import FRAMES

README = (Path(__file__).parents[2] / "protocol" / "README.md").read_text()
TABLES = (UPWARD, DOWNWARD)  # by direction

SLOT = PublicSlot(1, given.LIVE_PUBLIC, ranks=15, targets=7, uses=1, name="live")
PUBLIC = Public(given.REALM, given.ROOT_PUBLIC, b"", (SLOT,))
COUNTY = CountyKeys(PUBLIC, given.MASTER, {given.ADDRESS: given.ISSUE})


def judged(name):
    (one,) = decode.decode(FRAMES[name], COUNTY)
    return one


def picture(name):
    """Return the lines that `fengsui decode` shows of this frame, opened."""
    one = judged(name)
    lines = [f"{len(one.raw)} bytes", *describe.lines(one.parts[: one.opened_from])]
    if one.opened is None:
        return lines
    return [
        *lines,
        f"opened, {len(one.opened)} bytes",
        *describe.lines(one.parts[one.opened_from :]),
    ]


def written(name, data, words=""):
    """Return the lines that show these bytes, 32 a line, under this name."""
    first, *rest = [data[at : at + 32].hex() for at in range(0, len(data), 32)]
    return [f"{name:<12}{first:<64}  {words}".rstrip(), *(f"{'':<12}{row}" for row in rest)]


def check_shown(lines):
    assert "\n".join(lines) in README, "\n".join(["protocol/README.md should show:", *lines])


KEYS = [
    *written("master", given.MASTER),
    *written("root", given.ROOT_PUBLIC, "its public key"),
    *written("realm", given.REALM, "SHA-256(root), its first 8 bytes"),
    *written("info", given.ROOT_INFO, 'CBOR ["fengsui/1", realm, 4660, 1]'),
    *written("box_root", given.BOX_ROOT, "HKDF(master, info, 32)"),
    *written("up", given.UP_KEY, f'HKDF(box_root, CBOR [3, "up"] = {given.UP_INFO.hex()}, 16)'),
    *written(
        "down", given.DOWN_KEY, f'HKDF(box_root, CBOR [3, "down"] = {given.DOWN_INFO.hex()}, 16)'
    ),
    *written("slot 1", given.LIVE_PUBLIC, "its public key"),
]
PROVEN = {
    "Call": [
        *written("nonce", given.nonce(0, given.CALL)),
        *written("AAD", given.additional(given.CALL)),
    ],
    "Ack": [
        *written("nonce", given.nonce(1, given.ACK)),
        *written("AAD", given.additional(given.ACK)),
    ],
    "Order": written("signed", given.to_be_signed(given.ORDER, given.ORDER_BODY)),
}


def test_it_shows_how_the_keys_of_the_examples_are_made():
    check_shown(KEYS)


@pytest.mark.parametrize("name", FRAMES)
def test_it_shows_each_example_byte_by_byte(name):
    check_shown([*picture(name), "", *PROVEN[name]])


@pytest.mark.parametrize("name", FRAMES)
def test_what_strangers_made_of_its_words_is_genuine(name):
    one = judged(name)
    assert (one.proof, one.why) == (GENUINE, "")


def test_its_examples_mean_what_it_says():
    assert judged("Call").message == messages.make("Call", button=2, kind="medical", minute=996480)
    after_base = [0, 1, 4, 8, 13, 22]
    assert f"is bits {', '.join(map(str, after_base[:-1]))} and {after_base[-1]}:" in README
    told = acks.read(judged("Ack").message.acknowledged)
    assert told == [81234] + [81235 + bit for bit in after_base]
    elided = frame.write(*frame.read(FRAMES["Call"]), elided=True)
    assert f"begins `{elided[:5].hex(' ')}`" in README


def cells_of(first):
    """Return the cells of the only row that begins with this one."""
    (row,) = [line for line in README.splitlines() if line.startswith(f"| {first} |")]
    return [cell.strip() for cell in row.strip("|").split("|")]


@pytest.mark.parametrize(("direction", "word"), [(UP, "up"), (DOWN, "down")])
def test_it_has_every_number_with_its_name(direction, word):
    found = re.findall(r"(\d+) (\w+)", cells_of(word)[1])
    assert [(int(number), name) for number, name in found] == [
        row[:2] for row in TABLES[direction]
    ]


@pytest.mark.parametrize(
    ("first", "mode"),
    [
        ("0 OPEN", frame.OPEN),
        ("1 SEALED", frame.SEALED),
        ("2 SIGNED", frame.SIGNED),
        ("5 LOCAL", frame.LOCAL),
    ],
)
def test_it_says_what_may_ride_in_which_mode(first, mode):
    _, proof_bytes, _, down, up = cells_of(first)
    assert int(proof_bytes) == frame.PROOF_BYTES[mode]
    for direction, said in ((DOWN, down), (UP, up)):
        every = {row[1]: row[0] for row in TABLES[direction]}
        names = set(every) if said == "everything" else set(re.findall(r"\w+", said))
        assert names == {name for name in every if may_ride(mode, direction, every[name])}


def may_ride(mode, direction, number):
    try:
        proof.check_permitted(frame.Header(mode, direction, number, 0, False, 1, 1))
    except proof.NotPermitted:
        return False
    return True


WORDS = {
    UINT: lambda limit: f"unsigned, {limit}",
    BYTES: lambda limit: f"bytes, {limit}",
    CHOICE: lambda words: "choice | " + ", ".join(f"{i} {word}" for i, word in enumerate(words)),
    INT: {U32: "minute"}.__getitem__,
}


@pytest.mark.parametrize("name", ["Ack", "Call"])
def test_it_has_every_field_of_ack_and_call(name):
    number, _, priority, fields, _ = messages.row(UP, name)
    (section,) = re.findall(
        rf"\*\*{name}\*\* \(up {number}.*priority {priority}\).*\n\n((?:\|.*\n)+)", README
    )
    rows = section.splitlines()[2:]
    for row, (field, kind, limit) in zip(rows, fields, strict=True):
        assert row.startswith(f"| `{field}` | {WORDS[kind](limit)} |")
