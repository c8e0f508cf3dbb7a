"""The vectors are what would be written today, and they cover the wire."""

import json
from collections import Counter

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from protocol import keys
from tests.shared.frame_judge import ACCEPTED, DIRECTIONS, MODES, REFUSALS
from tests.shared.test_proof import AUTHORITY
from tests.shared.wire_judge import Judge
from tests.vectors.__main__ import FILE, text

WRITTEN = json.loads(FILE.read_text(encoding="utf-8"))
VECTORS = WRITTEN["vectors"]
HEAD = WRITTEN["head"]


def test_the_file_is_the_same_bytes_when_rebuilt():
    assert FILE.read_bytes() == text().encode(), "run `make vectors` and look at what changed"


def test_there_are_many_and_a_third_of_them_are_refusals():
    refusals = [one for one in VECTORS if one["verdict"] != ACCEPTED]
    assert len(VECTORS) >= 150
    assert 3 * len(refusals) >= len(VECTORS)


def test_each_names_a_rule_of_its_own():
    assert not [rule for rule, n in Counter(one["rule"] for one in VECTORS).items() if n > 1]


def test_each_is_read_on_one_line_with_the_head_on_another():
    lines = FILE.read_text(encoding="utf-8").splitlines()
    assert [
        json.loads(line.rstrip(",")) for line in lines if line.startswith('{"rule"')
    ] == VECTORS
    assert max(map(len, lines)) < 6000


def test_every_message_is_there_in_every_mode_in_which_it_may_ride():
    meanings = [
        one["meaning"] for one in VECTORS if one["what"] == "frame" and one["verdict"] == ACCEPTED
    ]
    assert {(one["direction"], one["type"], one["mode"]) for one in meanings} == {
        (DIRECTIONS[direction], name, MODES[mode])
        for direction, name, modes in AUTHORITY
        for mode in modes
    }


def test_every_thing_that_is_judged_is_there_and_every_refusal_of_the_wire():
    assert {one["what"] for one in VECTORS} == {"frame", *Judge.KINDS} - {"table", "keyring"}
    refusals = {one["verdict"] for one in VECTORS} - {ACCEPTED, "Unfinished", "Spoiled"}
    assert refusals == set(REFUSALS) - {"BadKeyring"}


def test_the_keys_are_made_as_the_note_says():
    def secret(first):
        return bytes((first + i) % 256 for i in range(32))

    def public(slot):
        private = Ed25519PrivateKey.from_private_bytes(secret(29 * slot))
        return private.public_key().public_bytes_raw().hex()

    master = bytes(255 - i for i in range(32))
    realm = keys.realm(bytes.fromhex(public(0)))
    root = keys.box_root(master, realm, HEAD["address"], HEAD["issue"])
    assert [public(slot[0]) for slot in HEAD["slots"]] == [slot[1] for slot in HEAD["slots"]]
    assert [public(0), public(7)] == HEAD["roots"]
    assert (master.hex(), realm.hex(), root.hex()) == (
        HEAD["master"], HEAD["realm"], HEAD["box_root"],
    )  # fmt: skip
