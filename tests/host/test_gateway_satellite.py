"""DirectIP over real TCP, both ways; the peer here is written from Iridium's guide."""

import asyncio
import struct

import pytest

from host_tools.gateway import directip, mt, satellite
from host_tools.gateway.clock import Clock
from host_tools.gateway.mt import MtClient
from host_tools.gateway.satellite import DirectIp, MoServer
from tests.host.gateway_county import IMEI, acknowledged, no_commit_succeeds, signed

HERE = "127.0.0.1"
PATIENCE_S = 20


def element(identifier, content):
    return struct.pack(">BH", identifier, len(content)) + content


def whole(*elements):
    body = b"".join(elements)
    return struct.pack(">BH", 1, len(body)) + body


def header(imei=IMEI, status=0):
    return element(0x01, struct.pack(">I15sBHHI", 77, imei.encode(), status, 5, 0, 1_800_000_000))


def brought(payload, imei=IMEI):
    """Return a mobile-originated message, with a position as Iridium may add one."""
    return whole(header(imei), element(0x03, bytes(11)), element(0x02, payload))


async def said_by(port, data, cut=False):
    """Send bytes to the gateway and return all it answers."""
    reader, writer = await asyncio.open_connection(HERE, port)
    writer.write(data)
    if cut:
        writer.write_eof()
    try:
        return await asyncio.wait_for(reader.read(), PATIENCE_S)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


def mo(county, script):
    """Run script(gateway, port) beside a gateway that listens for Iridium."""

    async def run():
        async with county.gateway() as gateway:
            server = MoServer(Clock(), county.noted.append)
            await server.open(HERE, 0, gateway.offer)
            try:
                await script(gateway, server.port)
            finally:
                server.close()

    asyncio.run(run())


def test_a_payload_is_confirmed_once_it_is_in_the_database(county):
    box = county.enter()

    async def script(gateway, port):
        answer = await said_by(port, brought(box.calls(elided=True)))
        assert answer == b"\x01\x00\x04\x05\x00\x01\x01"
        assert county.count("messages") == 1
        await county.clock.advance(2)

    mo(county, script)
    assert acknowledged(box, county.sbd) == [1]


def test_a_payload_that_cannot_be_written_is_not_confirmed(county):
    box = county.enter()

    async def script(gateway, port):
        with no_commit_succeeds(county.engine):
            assert await said_by(port, brought(box.calls())) == b""
        assert await said_by(port, brought(box.calls(seq=1))) == directip.CONFIRMED

    mo(county, script)
    assert county.count("messages") == 1


def test_a_payload_nobody_can_read_is_kept_confirmed_and_not_answered(county):
    county.enter()

    async def script(gateway, port):
        assert await said_by(port, brought(b"not a frame")) == directip.CONFIRMED
        await county.clock.advance(5)

    mo(county, script)
    assert county.count("unreadable") == 1
    assert county.sbd.sent == []


def test_a_modem_that_only_asks_what_waits_is_confirmed(county):
    async def script(gateway, port):
        assert await said_by(port, whole(header())) == directip.CONFIRMED

    mo(county, script)
    assert county.count("unreadable") == 0


@pytest.mark.parametrize("status", range(48))
def test_how_a_session_ended_changes_nothing_about_what_it_brought(county, status):
    box = county.enter()
    call = box.calls(elided=True)

    async def script(gateway, port):
        elements = header(status=status), element(0x02, call)
        assert await said_by(port, whole(*elements)) == directip.CONFIRMED
        await county.clock.advance(2)

    mo(county, script)
    assert [row["frame"] for row in county.rows("SELECT frame FROM messages")] == [
        box.calls(seq=1)
    ]
    assert acknowledged(box, county.sbd) == [1]
    told = [f"session status {status}:" in line and "are taken" in line for line in county.noted]
    assert told == ([] if status <= 2 else [True])


def test_an_incomplete_session_that_brought_nothing_is_told_too(county):
    async def script(gateway, port):
        assert await said_by(port, whole(header(status=10))) == directip.CONFIRMED

    mo(county, script)
    (line,) = county.noted
    assert line.endswith("it brought nothing")


BROKEN = {
    "another protocol": b"\x02" + brought(b"x")[1:],
    "too long": b"\x01\xff\xff",
    "of no length": b"\x01\x00\x00",
    "no header": whole(element(0x02, b"payload")),
    "a header cut short": whole(element(0x01, b"short")),
    "an element beyond the end": whole(header(), b"\x02\x00\x09abc"),
    "an element twice": whole(header(), header()),
    "too many elements": whole(*(element(i, b"") for i in range(0x10, 0x20))),
    "an IMEI that is none": brought(b"x", "not-an-imei-at-"),
    "cut short": brought(b"payload")[:-2],
    "hardly begun": b"\x01",
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_not_directip_is_one_row_and_one_line_and_no_answer(county, kind):
    county.enter()
    before = county.everything()

    async def script(gateway, port):
        assert await said_by(port, BROKEN[kind], cut=True) == b""
        await county.clock.advance(1)

    mo(county, script)
    after = county.everything()
    assert len(after.pop("unreadable")) == len(after.pop("journal")) == 1
    assert after == {name: before[name] for name in after}


def test_more_connections_than_allowed_are_turned_away(county, monkeypatch):
    monkeypatch.setattr(satellite, "MOST_CONNECTIONS", 2)
    box = county.enter()

    async def script(gateway, port):
        idle = [await asyncio.open_connection(HERE, port) for _ in range(2)]
        await asyncio.sleep(0)
        assert await said_by(port, brought(box.calls())) == b""
        for _, writer in idle:
            writer.close()

    mo(county, script)


class Iridium:
    """Iridium's gateway as the county's end sees it; `statuses` are its next answers."""

    def __init__(self, statuses=()):
        self.taken, self.statuses = [], list(statuses)
        self.changed = asyncio.Event()

    async def __aenter__(self):
        self.server = await asyncio.start_server(self._serve, HERE, 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.server.close()

    async def _serve(self, reader, writer):
        try:
            head = await reader.readexactly(3)
            body = await reader.readexactly(int.from_bytes(head[1:], "big"))
            self.taken.append(head + body)
            status = self.statuses.pop(0) if self.statuses else 1
            if status is not None:
                answer = struct.pack(">I15sIh", *struct.unpack(">I15s", body[3:22]), 99, status)
                writer.write(whole(element(0x44, answer)))
                await writer.drain()
            self.changed.set()
        finally:
            writer.close()

    async def wait_for(self, count):
        while len(self.taken) < count:
            self.changed.clear()
            await asyncio.wait_for(self.changed.wait(), PATIENCE_S)


def sent_to(script, statuses=()):
    """Run script(client, iridium); return the lines that were noted."""
    lines = []

    async def run():
        async with Iridium(statuses) as iridium:
            client = MtClient(DirectIp(HERE, iridium.port), Clock(), lines.append)
            running = asyncio.create_task(client.run())
            await script(client, iridium)
            running.cancel()

    asyncio.run(run())
    return lines


def test_a_payload_for_a_modem_is_what_the_guide_says():
    async def script(client, iridium):
        client.send(IMEI, b"payload")
        await iridium.wait_for(1)
        (taken,) = iridium.taken
        assert taken[:6] == b"\x01\x00\x22\x41\x00\x15"
        assert taken[10:25] == IMEI.encode()
        assert taken[25:] == b"\x00\x00" + b"\x42\x00\x07payload"

    assert sent_to(script) == []


def test_a_refusal_by_iridium_is_one_line_and_is_not_repeated_here():
    async def script(client, iridium):
        client.send(IMEI, b"one")
        await iridium.wait_for(1)
        client.send(IMEI, b"two")
        await iridium.wait_for(2)

    (line,) = sent_to(script, [-5])
    assert line == f"Iridium's gateway did not take 3 bytes for {IMEI}: its queue of 50 is full"


def test_while_iridium_does_not_answer_a_payload_is_tried_again(monkeypatch):
    monkeypatch.setattr(mt, "_RETRY_S", 0)

    async def script(client, iridium):
        client.send(IMEI, b"payload")
        await iridium.wait_for(3)

    lines = sent_to(script, [None, None])
    assert lines[0].startswith("Iridium's gateway cannot be asked")
    assert lines[1:] in ([], ["Iridium's gateway answers again"])


def test_an_order_for_life_finds_room_and_overtakes_what_waits_for_iridium(monkeypatch):
    monkeypatch.setattr(mt, "_SENDERS", 1)

    async def script(client, iridium):
        for number in range(mt.MOST_WAITING + 100):
            client.send(IMEI, b"answer %d" % number)
        client.send(IMEI, signed())
        assert len(client._waiting) == mt.MOST_WAITING
        await iridium.wait_for(2)
        order, answer = iridium.taken
        assert order.endswith(signed())
        assert answer.endswith(b"answer 0")

    assert sent_to(script) == []


def test_an_order_for_life_overtakes_what_iridium_did_not_answer(monkeypatch):
    monkeypatch.setattr(mt, "_RETRY_S", 0)
    monkeypatch.setattr(mt, "_SENDERS", 1)

    async def script(client, iridium):
        client.send(IMEI, b"answer")
        await iridium.wait_for(1)
        client.send(IMEI, signed())
        await iridium.wait_for(3)
        assert iridium.taken[1].endswith(signed())
        assert iridium.taken[2].endswith(b"answer")

    sent_to(script, [None])


def test_what_waits_for_iridium_from_an_earlier_try_goes_once():
    async def script(client, iridium):
        for _ in range(3):
            client.send(IMEI, b"answer")
        client.send(IMEI, b"last")
        await iridium.wait_for(2)
        assert len(iridium.taken) == 2

    assert sent_to(script) == []
