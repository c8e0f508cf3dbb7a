"""Whom the Boxes believe is the root's to say: made offline, carried by the gateway."""

import json

import pytest

from host_tools import cli, crypto, orders, rekeying
from host_tools.gateway.restored import was_restored
from host_tools.gateway.verify import epochs_to_try
from host_tools.gateway_link import Link
from host_tools.keys import counter, store
from host_tools.keys.encrypted_file import WrongPassphrase
from host_tools.problems import MISMATCH, NOT_FOUND, REFUSED, USAGE, Problem
from protocol import calendar, frame, keyring_file, messages, proof
from protocol.keyring_file import FOR_DRILLS, FOR_ORDERS, TO_ONE
from protocol.schema import DOWN
from tests.host import small_county
from tests.host.gateway_county import (
    DRILL,
    LIVE,
    NEXT_ROOT,
    NOON,
    OFFICE,
    ROOT,
    acknowledged,
    minute,
    signed,
)
from tests.host.gateway_web import browse
from tests.host.small_county import SIGNING

ALL = frame.EVERYBODY


@pytest.fixture
def folder(tmp_path):
    small_county.make(tmp_path / "county")
    return tmp_path / "county"


def root(folder, by=store.ROOT):
    return rekeying.Rekeying(folder, SIGNING, by)


def said(folder, data):
    """Return (header, Keys) of a frame that a root of this county signed."""
    public = store.load_public(folder)
    header, protected = frame.read(data)
    body, signature = proof.split_signed(protected)
    to_be_signed = proof.to_be_signed(public.realm, header, body)
    assert any(crypto.verify(key, to_be_signed, signature) for key in public.roots)
    return header, messages.decode(DOWN, header.type, body)


class TestSigning:
    def test_a_new_key_is_named_by_the_root_and_known_to_the_county(self, folder):
        name, data = root(folder).add("township", 3, 0b0011, TO_ONE, FOR_ORDERS, ALL)
        header, keys = said(folder, data)
        slot = store.load_public(folder).named("township")
        assert (name, header.seq, header.address, slot.seq) == ("0:1", 1, ALL, 1)
        assert (keys.slot, keys.subject, keys.public_key) == (0, 3, slot.public_key)
        assert (keys.ranks, keys.targets, keys.uses) == (3, TO_ONE, FOR_ORDERS)
        assert store.load_signing(folder, "township", SIGNING).next_seq() == 1
        assert (folder / "keys" / "0-1.hex").read_text().strip() == data.hex()

    def test_no_private_key_is_in_the_frame(self, folder):
        _, data = root(folder).add("township", 3, 3, TO_ONE, FOR_ORDERS, ALL)
        opened = store.load_signing(folder, "township", SIGNING)
        assert opened._private not in data

    def test_a_revoked_key_signs_nothing_here_any_more(self, folder):
        _, data = root(folder).revoke("drill", ALL)
        assert said(folder, data)[1].revoked
        with pytest.raises(Problem) as caught:
            store.load_signing(folder, "drill", SIGNING)
        assert caught.value.exit_code == REFUSED
        with pytest.raises(Problem):
            root(folder).revoke("drill", ALL)

    def test_a_new_key_takes_a_revoked_number_and_counts_far_above_it(self, folder):
        for _ in range(5):
            small_county.signer(folder, "drill").next_seq()
        root(folder).revoke("drill", ALL)
        root(folder).add("drill2", 2, 15, 7, FOR_DRILLS, ALL)
        assert [slot.name for slot in store.load_public(folder).slots] == ["live", "drill2"]
        assert store.load_signing(folder, "drill2", SIGNING).next_seq() == 6 + 65_536

    @pytest.mark.parametrize(
        ("name", "number", "uses"),
        [
            ("live", 3, FOR_ORDERS),
            ("township", 1, FOR_ORDERS),
            ("root", 3, FOR_ORDERS),
            ("../x", 3, FOR_ORDERS),
            ("township", 3, FOR_ORDERS | FOR_DRILLS),
            ("township", 3, 0),
        ],
    )
    def test_what_no_box_would_take_is_not_signed(self, folder, name, number, uses):
        before = (folder / "public.json").read_bytes()
        with pytest.raises(Problem) as caught:
            root(folder).add(name, number, 15, 7, uses, ALL)
        assert caught.value.exit_code == USAGE
        assert (folder / "public.json").read_bytes() == before
        assert counter.read(folder / "signing" / "root.counter") == 1

    def test_a_keyring_has_eight_slots(self, folder):
        for number in range(3, 9):
            root(folder).add(f"k{number}", number, 1, 1, FOR_ORDERS, ALL)
        with pytest.raises(Problem) as caught:
            root(folder).add("k9", 9, 1, 1, FOR_ORDERS, ALL)
        assert "revoked" in str(caught.value)

    def test_both_roots_count_by_one_allocator(self, folder):
        seqs = [
            said(folder, root(folder, by).order_epoch(5, 4660)[1])[0].seq
            for by in (store.ROOT, store.NEXT, store.ROOT)
        ]
        assert seqs == [1, 2, 3]

    def test_the_gateways_passphrase_opens_no_root(self, folder):
        for by in (store.ROOT, store.NEXT):
            with pytest.raises(WrongPassphrase):
                rekeying.Rekeying(folder, small_county.GATEWAY, by)

    def test_a_box_provisioned_later_is_told_the_same(self, folder, tmp_path):
        root(folder).add("township", 3, 3, TO_ONE, FOR_ORDERS, ALL)
        root(folder).revoke("drill", ALL)
        small_county.provisioned(folder, tmp_path / "box")
        ring = keyring_file.read((tmp_path / "box" / "keyring.a").read_bytes())
        assert [(s.number, s.uses, s.seq) for s in ring.slots] == [(1, 5, 0), (2, 0, 2), (3, 1, 1)]


class TestCounters:
    """A signer never starts below what a Box knows."""

    def test_a_counter_that_is_an_old_copy_goes_on_above_what_was_seen(self, folder):
        signer = small_county.signer(folder)
        assert signer.keep_above(0) is None
        assert signer.keep_above(500) == 500 + 65_536
        assert signer.next_seq() == 500 + 65_536
        assert signer.keep_above(500 + 65_536) is None

    def test_a_gateways_lie_uses_up_no_key(self, folder):
        signer = small_county.signer(folder)
        with pytest.raises(Problem) as caught:
            signer.keep_above(0xFFFFFF - 65_536)
        assert caught.value.exit_code == MISMATCH
        assert "keys recover live" in str(caught.value)
        assert signer.next_seq() == 1

    def test_a_gateway_that_does_not_answer_keeps_nobody_from_signing(self):
        with Link("http://127.0.0.1:9") as link:
            assert link.highest(1) == 0


class TestCommands:
    @pytest.fixture
    def type_in(self, folder, monkeypatch, capsys):
        monkeypatch.setenv("FENGSUI_COUNTY", str(folder))
        monkeypatch.setenv("FENGSUI_SIGNING_PASSPHRASE", SIGNING)
        monkeypatch.setenv("NO_COLOR", "1")

        def typed(*words):
            code = cli.code_of([str(word) for word in words])
            out, err = capsys.readouterr()
            return code, out, err

        return typed

    def test_keys_are_made_in_json_and_in_words(self, type_in, folder):
        code, out, _ = type_in(
            "--json", "keys", "add", "township", "--slot", 3, "--ranks", "routine,notice",
            "--to", "one,group",
        )  # fmt: skip
        told = json.loads(out)
        assert (code, told["order"]) == (0, "0:1")
        assert said(folder, bytes.fromhex(told["frame"]))[1].ranks == 0b0011
        code, out, _ = type_in("keys", "change", "township", "--ranks", "notice")
        assert code == 0
        assert "fengsui submit" in out
        assert type_in("keys", "revoke", "township", "--by", "next")[0] == 0
        assert type_in("keys", "epoch", 7, "--target", 4660)[0] == 0
        shown = json.loads(type_in("--json", "keys", "show")[1])
        assert shown["slots"][2]["revoked"]

    @pytest.mark.parametrize(
        ("words", "code"),
        [
            (("keys", "revoke", "nobody"), NOT_FOUND),
            (("keys", "add", "x", "--slot", 3, "--ranks", "loud"), USAGE),
            (("keys", "add", "x", "--slot", 3, "--uses", "orders,drills"), USAGE),
            (("keys", "change", "live"), USAGE),
            (("keys", "epoch", 7, "--target", "nowhere"), USAGE),
            (("keys", "revoke", "drill", "--by", "live"), USAGE),
        ],
    )
    def test_what_is_wrong_is_one_sentence_with_a_next_step(self, type_in, folder, words, code):
        before = (folder / "public.json").read_bytes()
        found, _, err = type_in(*words)
        assert found == code
        assert err.startswith("fengsui: ")
        assert (folder / "public.json").read_bytes() == before


def keys(private=ROOT, seq=1, target=0x1234, slot=0, **fields):
    issued = minute(NOON)
    return signed("Keys", seq, target, private, slot=slot, issued=issued, **fields)


def settings(private=OFFICE, slot=3, target=0x1234, seq=1, **fields):
    issued = minute(NOON)
    return signed("Settings", seq, target, private, slot=slot, issued=issued, **fields)


async def submitted(browser, data):
    answer = await browser.post("/api/orders", {"frame": data.hex()})
    return answer.status_code


class TestGateway:
    """It carries what the roots and the slots signed, and can make none of it."""

    def test_keys_of_either_root_are_carried_until_the_box_says_they_were_taken(self, county):
        box = county.enter()

        async def script(gateway, browser):
            for seq, private in ((1, ROOT), (2, NEXT_ROOT)):
                await county.brings(gateway, box.health())
                county.ip.taken()
                data = keys(private, seq, subject=2, revoked=True)
                assert await submitted(browser, data) == 200
                await county.clock.advance(0.1)
                carried = [m for _, _, p in county.ip.taken() for _, m in box.opens(p)]
                assert [c.frame for c in carried if isinstance(c, messages.Carry)] == [data]
                order_id = calendar.order_id(0, seq)
                await county.brings(gateway, box.plays("verified", order_id))
                county.ip.taken()
                await county.clock.advance(300)
                assert county.ip.taken() == []

        browse(county, script)

    @pytest.mark.parametrize(
        "data",
        [
            keys(LIVE, subject=2, revoked=True),
            keys(LIVE, slot=1, subject=2, revoked=True),
            keys(b"stranger".ljust(32), subject=2, revoked=True),
            signed(private=ROOT, slot=0),
            settings(LIVE, slot=1, area=1),
            settings(DRILL, slot=2, area=1),
            settings(target=ALL, area=1),
            signed(private=OFFICE, slot=3),
        ],
        ids=str,
    )
    def test_what_nobody_may_give_is_refused(self, county, data):
        county.enter()

        async def script(_gateway, browser):
            assert await submitted(browser, data) == 403

        browse(county, script)
        assert county.count("orders") == 0

    def test_settings_of_a_slot_for_settings_are_carried(self, county):
        county.enter()

        async def script(_gateway, browser):
            assert await submitted(browser, settings(area=1)) == 200

        browse(county, script)
        assert county.count("deliveries") == 1


class TestConflict:
    """Two boards under one key: kept, shown, not acknowledged; a new epoch is to be ordered."""

    def test_the_page_asks_for_a_new_epoch_until_the_box_lives_in_one(self, county):
        box = county.enter()
        first, clone = box.calls(), box.calls(seq=1, button=2)
        wanted = []

        async def script(gateway, browser):
            async def look():
                state = (await browser.get("/api/state")).json()
                wanted.append(state["boxes"][0]["order_epoch"])

            await county.brings(gateway, first)
            await look()
            county.ip.taken()
            await county.brings(gateway, clone)
            assert acknowledged(box, county.ip) == []
            await look()
            box.epoch = 2
            await county.brings(gateway, box.health())
            await look()

        browse(county, script)
        assert wanted == [None, 2, None]
        lines = county.rows("SELECT what FROM journal WHERE what LIKE 'conflict%'")
        assert "The root has to order epoch 2" in lines[0]["what"]


class TestRotation:
    """An old epoch is accepted until the Box reports that nothing older waits there."""

    def test_epochs_are_tried_from_the_present_one_eight_ahead_and_back_to_the_oldest(self):
        assert list(epochs_to_try(5, 4)) == [5, 6, 7, 8, 9, 10, 11, 12, 13, 4]
        assert list(epochs_to_try(5, None))[9:] == [4, 3, 2, 1, 0]
        assert list(epochs_to_try(200, 0))[9:] == list(range(199, 135, -1))

    def test_an_old_epoch_ends_with_the_boot_that_says_so(self, county):
        box = county.enter()

        async def script(gateway, _browser):
            box.epoch = 3
            await county.brings(gateway, box.boots(oldest_epoch=2, keyring=4))
            await county.brings(gateway, box.calls(epoch=2))
            await county.brings(gateway, box.calls(epoch=1))
            await county.brings(gateway, box.boots(oldest_epoch=3))
            await county.brings(gateway, box.calls(epoch=2))

        browse(county, script)
        assert [row["epoch"] for row in county.rows("SELECT epoch FROM calls")] == [2]
        assert county.count("unreadable") == 2

    def test_an_older_boot_that_comes_late_does_not_open_it_again(self, county):
        box = county.enter()

        async def script(gateway, _browser):
            early = box.boots(oldest_epoch=0)
            await county.brings(gateway, box.boots(oldest_epoch=1))
            await county.brings(gateway, early)
            await county.brings(gateway, box.calls(epoch=0))

        browse(county, script)
        assert county.count("calls") == 0


class TestHighestNumbers:
    def test_what_boxes_and_the_desk_have_seen_is_told_to_the_signer(self, county):
        box = county.enter()
        found = {}

        async def script(gateway, browser):
            counters = calendar.order_id(1, 700) + calendar.order_id(0, 9)
            await county.brings(gateway, box.boots(counters=counters))
            await county.brings(gateway, box.boots(counters=calendar.order_id(1, 600)))
            drill = signed(private=DRILL, slot=2, seq=5, rank="notice")
            assert await submitted(browser, drill) == 200
            found.update((await browser.get("/api/state")).json()["slots"])

        browse(county, script)
        assert found == {"0": 9, "1": 700, "2": 5}


class TestRestore:
    """A database put back from a copy seals one epoch ahead and far above what it remembers."""

    def test_no_number_and_no_epoch_of_the_lost_days_is_used_again(self, county):
        box = county.enter()

        async def before(gateway, browser):
            await county.brings(gateway, box.calls())
            await submitted(browser, signed(seq=1))
            await county.clock.advance(0.1)

        async def after(gateway, browser):
            await county.brings(gateway, box.health())
            await submitted(browser, signed(seq=2))
            await county.clock.advance(0.1)

        browse(county, before)
        county.ip.taken()
        assert was_restored(county.engine) == 1
        browse(county, after)
        sent = [frame.read(payload)[0] for _, _, payload in county.ip.taken()]
        assert {header.type for header in sent} == {1, 3}  # Acks, and the order in its Carry
        assert all(header.seq > 65_536 for header in sent)
        rows = county.rows("SELECT carry_epoch FROM deliveries ORDER BY order_id")
        assert rows[-1]["carry_epoch"] == 2

    def test_numbers_near_their_end_go_on_in_the_next_epoch(self, county):
        box = county.enter()

        async def script(gateway, browser):
            await county.brings(gateway, box.health())
            await submitted(browser, signed(seq=1))
            await county.clock.advance(0.1)
            await submitted(browser, signed(seq=2))
            await county.clock.advance(0.1)

        with county.engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO counters VALUES ('down/4660/1', 15728640)")
        browse(county, script)
        rows = county.rows("SELECT carry_epoch FROM deliveries ORDER BY order_id")
        assert rows[-1]["carry_epoch"] == 2


def test_an_order_id_of_keys_is_read(folder):
    name, data = root(folder).order_epoch(5, 4660)
    assert orders.named(orders.id_in(data)) == name
