"""Texts in few bytes: a Box tells which it can read, gets no other, and speaks none it cannot."""

import time

import httpx
import pytest

from host_tools import orders
from host_tools.demo.stage import ADDRESS
from host_tools.gateway_link import Link
from protocol import frame, messages, proof
from protocol.schema import DOWN
from tests.sim.scene import NOTICE, Scene
from tests.sim.waiting import until

TEXT = "山洪来了，请立即往高处撤离，不要过河。"
ZH, UNKNOWN = 0x10, 0x1F


def test_a_box_tells_which_texts_it_can_read_and_gets_them_in_few_bytes(scene: Scene):
    assert scene.county.fields("Boot")[-1]["tables"] == "10203040"
    with Link(scene.stage.page) as county:
        tables = county.text_tables(ADDRESS)
        order = scene.signed(None, "danger", text=TEXT, tables=tables)
        told = scene.end_of(scene.submit(order))
        shown = county.state()["orders"][0]["text"]
    assert (shown, field_in(order)[0]) == (TEXT, ZH)
    assert len(field_in(order)) < len(TEXT.encode()) / 3
    # It could be read; that this Box has no voice for it is another cause, and as true.
    assert (told["outcome"], told["cause"]) == ("refused", "cannot_speak")


def test_a_text_of_an_unknown_generation_is_not_sent_and_if_it_comes_never_spoken(scene: Scene):
    since = time.time()
    order = scene.signed(None, "danger", text=TEXT, tables={ZH})
    coded = bytes((UNKNOWN,)) + field_in(order)[1:]
    signer = scene.signer("live")
    other = orders.compose(slot=signer.slot.number, rank="danger", text=TEXT, repeats=1)
    unread = orders.sign_order(scene.public, signer, ADDRESS, other._replace(text=coded))
    with pytest.raises(httpx.HTTPStatusError, match="409"):
        scene.submit(unread)
    scene.inject(scene.thief.carried(unread))
    told = scene.end_of(orders.id_in(unread))
    assert (told["outcome"], told["cause"]) == ("refused", "cannot_read")
    scene.end_of(scene.order(NOTICE, "notice"))
    assert scene.heard_since(since) == ["tone", "18", "tone"]


def test_damaged_tables_are_told_as_none_and_utf_8_is_read_all_the_same(scene: Scene):
    path = scene.folder / "box" / "tables.bin"
    whole = path.read_bytes()
    path.write_bytes(whole[:1000] + bytes((whole[1000] ^ 1,)) + whole[1001:])
    boots = len(scene.county.fields("Boot"))
    scene.kill("box")
    until("a Boot after the damage", lambda: len(scene.county.fields("Boot")) > boots)
    assert scene.county.fields("Boot")[-1]["tables"] == "203040"
    with Link(scene.stage.page) as county:
        order = scene.signed(None, "danger", text=TEXT, tables=county.text_tables(ADDRESS))
    assert field_in(order) == b"\0" + TEXT.encode()
    told = scene.end_of(scene.submit(order))
    assert (told["outcome"], told["cause"]) == ("refused", "cannot_speak")


def field_in(signed_frame: bytes) -> bytes:
    """Return the text field of the order in a SIGNED frame."""
    _, protected = frame.read(signed_frame)
    number = messages.row(DOWN, "Order").number
    return messages.decode(DOWN, number, proof.split_signed(protected)[0]).text
