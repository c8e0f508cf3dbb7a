"""A text in few bytes goes only to Boxes that told they can read it."""

from host_tools.gateway import database
from tests.host.gateway_county import record, signed
from tests.host.gateway_web import browse

GROUP = 0xF001
CODED = b"\x13\xd3"  # 洪水，水 by text_table.by_hand(0x13)
PLAIN = b"\0" + "洪水，水".encode()


async def answer_to(browser, seq, text=CODED, target=GROUP):
    """Submit an order by text; return the answer's status and what it says."""
    order = signed(seq=seq, target=target, template=None, text=text)
    answer = await browser.post("/api/orders", {"frame": order.hex()})
    return answer.status_code, answer.json().get("error", "")


def test_an_order_in_few_bytes_is_taken_once_every_box_told_of_its_table(county):
    one, other = county.enter(), county.enter(address=2, imei=None)

    async def script(gateway, browser):
        unread = (409, "Box 2 told of no table zh/3")
        assert (await answer_to(browser, 1))[0] == 409
        await county.brings(gateway, one.boots(tables=b"\x13\x20"))
        assert await answer_to(browser, 1) == unread
        await county.brings(gateway, other.boots())
        assert await answer_to(browser, 1) == unread
        await county.brings(gateway, other.boots(tables=b"\x12\x20"))
        assert await answer_to(browser, 1) == unread
        assert await answer_to(browser, 2, PLAIN) == (200, "")
        assert await answer_to(browser, 3, target=one.address) == (200, "")
        await county.brings(gateway, other.boots(tables=b"\x13"))
        assert await answer_to(browser, 1) == (200, "")

    browse(county, script)


def test_the_newest_boot_says_which_tables_a_box_has(county):
    box = county.enter()

    async def script(gateway, browser):
        await county.brings(gateway, box.boots(seq=7, tables=b"\x13\x20"))
        await county.brings(gateway, box.boots(seq=6, tables=b"\x14"))
        (shown,) = (await browser.get("/api/state")).json()["boxes"]
        assert (shown["text_tables"], shown["groups"]) == ([0x13, 0x20], [GROUP])
        await county.brings(gateway, box.boots(seq=8))
        (shown,) = (await browser.get("/api/state")).json()["boxes"]
        assert shown["text_tables"] == []
        assert (await answer_to(browser, 1))[0] == 409

    browse(county, script)


def test_a_new_board_has_told_of_nothing_yet(county):
    box = county.enter()

    async def script(gateway, browser):
        await county.brings(gateway, box.boots(tables=b"\x13"))
        database.register_box(county.engine, record(issue=2))
        assert (await answer_to(browser, 1))[0] == 409

    browse(county, script)


def test_an_order_in_few_bytes_is_shown_in_its_words(county, own_table):
    box = county.enter()

    async def script(gateway, browser):
        await county.brings(gateway, box.boots(tables=b"\x13\x1f"))
        for seq, text in ((1, CODED), (2, b"\x1f\xd3")):
            assert await answer_to(browser, seq, text) == (200, "")
        shown = (await browser.get("/api/state")).json()["orders"]
        assert [order["text"] for order in shown] == [None, "洪水，水"]

    browse(county, script)
