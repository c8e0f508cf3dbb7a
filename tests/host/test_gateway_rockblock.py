"""RockBLOCK's web services over real HTTP: what its carrier posts, and what it is asked to take.

The carrier here is written from docs.groundcontrol.com, with a key of its own.
"""

import asyncio
import base64
import json
from urllib.parse import parse_qs

import httpx
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from host_tools.gateway import rockblock
from host_tools.gateway.carrier_token import claims, load_key
from host_tools.gateway.clock import Clock
from host_tools.gateway.http_server import HttpServer, listening
from host_tools.gateway.mt import MtClient, Unreachable
from host_tools.gateway.roads import Roads
from host_tools.gateway.rockblock import RockblockHook
from host_tools.gateway.rockblock_mt import RockblockMt
from host_tools.gateway.service import Options
from host_tools.problems import Problem
from tests.host.gateway_county import IMEI, acknowledged, no_commit_succeeds

HERE = "127.0.0.1"
PATIENCE_S = 20
KEY, STRANGER = (rsa.generate_private_key(65_537, 2_048) for _ in range(2))


def coded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(fields, key=KEY, algorithm="RS256"):
    """Return the carrier's token: all fields as texts, signed."""
    header, body = {"alg": algorithm}, {"iss": "Rock 7", **{k: str(v) for k, v in fields.items()}}
    signed = f"{coded(json.dumps(header).encode())}.{coded(json.dumps(body).encode())}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{coded(signature)}"


def fields_of(payload, **more):
    """Return what the carrier tells of one message, without its token."""
    return {
        "imei": IMEI, "device_type": "ROCKBLOCK", "serial": 12345, "momsn": 7,
        "transmit_time": "21-10-31 10:41:50", "iridium_latitude": 52.3867,
        "iridium_longitude": 0.2938, "iridium_cep": 8, "iridium_session_status": 0,
        "data": payload.hex(), **more,
    }  # fmt: skip


def posted(payload, key=KEY, **more):
    told = fields_of(payload, **more)
    return {**told, "JWT": token(told, key)}


def hooked(county, script, key=None):
    """Run script(post) beside a gateway with a hook; post(**) returns the status of its answer."""

    async def run():
        async with county.gateway() as gateway:
            hook = RockblockHook(key or KEY.public_key(), Clock(), county.noted.append)
            hook.open(gateway.offer)
            with listening(HERE, 0, "--rockblock") as socket:
                port, server = socket.getsockname()[1], HttpServer(hook)
                serving = asyncio.create_task(server.serve([socket]))

                async def post(**more):
                    async with httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False) as http:
                        return (await http.post(f"http://{HERE}:{port}/", **more)).status_code

                await script(post)
                server.should_exit = True
                await serving

    asyncio.run(run())


@pytest.mark.parametrize("form", ["data", "json"])
def test_a_payload_is_answered_once_it_is_in_the_database(county, form):
    box = county.enter()
    call = box.calls(elided=True)

    async def script(post):
        assert await post(**{form: posted(call)}) == 200
        assert county.count("messages") == 1
        assert await post(**{form: posted(call, momsn=8)}) == 200
        await county.clock.advance(2)

    hooked(county, script)
    assert county.count("messages") == 1
    assert county.count("receptions") == 2
    assert acknowledged(box, county.sbd) == [1]


def test_what_cannot_be_written_is_not_answered_with_yes(county):
    box = county.enter()

    async def script(post):
        with no_commit_succeeds(county.engine):
            assert await post(data=posted(box.calls())) == 503
        assert await post(data=posted(box.calls(seq=1))) == 200

    hooked(county, script)
    assert county.count("messages") == 1


def test_a_modem_that_only_asks_what_waits_is_answered(county):
    async def script(post):
        assert await post(data=posted(b"")) == 200

    hooked(county, script)
    assert county.count("unreadable") == 0


def test_only_what_the_carrier_signed_says_who_sent_it(county):
    box = county.enter()
    county.enter(address=2, imei="300234010000002")
    call = box.calls(elided=True)
    stolen = posted(call, imei="300234010000002")

    async def script(post):
        assert await post(data={**stolen, "imei": IMEI}) == 200

    hooked(county, script)
    assert county.count("messages") == 0
    assert county.count("unreadable") == 1


def altered(one):
    head, body, signature = one.split(".")
    return f"{head}.{body[:-4]}AAAA.{signature}"


FORGED = {
    "no token": lambda told: None,
    "a stranger's": lambda told: token(told, STRANGER),
    "unsigned": lambda told: token(told, algorithm="none"),
    "another algorithm": lambda told: token(told, algorithm="HS256"),
    "altered": lambda told: altered(token(told)),
    "cut short": lambda told: token(told)[:-9],
    "no base64": lambda told: "!.!.!",
    "no object": lambda told: ".".join(map(coded, (b"[1]", b"[1]", b"x"))),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_post_is_one_row_and_one_line(county, kind):
    box = county.enter()
    told = fields_of(box.calls(elided=True))

    async def script(post):
        assert await post(json={**told, "JWT": FORGED[kind](told)}) == 400
        await county.clock.advance(2)

    hooked(county, script)
    assert county.count("messages") == 0
    assert county.count("unreadable") == county.count("journal") == 1
    assert county.sbd.sent == []


WRONG = {
    "an IMEI that is none": {"data": posted(b"x", imei="3002340100000")},
    "no digits": {"data": posted(b"", data="xyz")},
    "not JSON": {"content": b"{", "headers": {"content-type": "application/json"}},
    "deep JSON": {"content": b"[" * 9_000, "headers": {"content-type": "application/json"}},
    "no object": {"json": [1]},
    "too many fields": {"data": {str(n): "1" for n in range(99)}},
    "not text": {"content": b"\xff\xfe"},
    "no status": {"data": posted(b"x", iridium_session_status="soon")},
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_no_carrier_posts_is_one_row_and_one_line(county, kind):
    async def script(post):
        assert await post(**WRONG[kind]) == 400
        await county.clock.advance(1)

    hooked(county, script)
    assert county.count("unreadable") == county.count("journal") == 1


def test_a_body_without_end_is_not_read(county):
    async def script(post):
        assert await post(content=bytes(rockblock.MOST_BODY + 1)) == 413

    hooked(county, script)
    assert county.count("unreadable") == 0


def test_an_incomplete_session_is_told_and_what_it_brought_is_kept(county):
    box = county.enter()

    async def script(post):
        assert await post(data=posted(box.calls(), iridium_session_status=13)) == 200

    hooked(county, script)
    assert county.count("messages") == 1
    assert county.noted == [
        f"the modem {IMEI} had an incomplete session, session status 13: the radio link was lost;"
        f" its {len(box.calls(seq=1))} bytes are taken"
    ]


class TestKey:
    def test_a_published_key_is_read_from_its_file(self, tmp_path):
        path = tmp_path / "carrier.pem"
        path.write_bytes(pem(KEY.public_key()))
        assert claims(token({"imei": IMEI}), load_key(path))["imei"] == IMEI

    @pytest.mark.parametrize(
        "wrong", [b"", b"-----BEGIN PUBLIC KEY-----\n", "elliptic", "small"], ids=str
    )
    def test_what_is_no_such_key_is_one_sentence(self, tmp_path, wrong):
        path = tmp_path / "carrier.pem"
        if wrong == "elliptic":
            wrong = pem(ec.generate_private_key(ec.SECP256R1()).public_key())
        elif wrong == "small":
            wrong = pem(rsa.generate_private_key(65_537, 1_024).public_key())
        path.write_bytes(wrong)
        with pytest.raises(Problem, match="holds no RSA public key"):
            load_key(path)


def pem(key):
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


class Carrier:
    """Where messages to modems are posted; `answers` are its next ones."""

    def __init__(self, *answers):
        self.answers, self.taken = list(answers), []

    async def __call__(self, scope, receive, send):
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part["body"], part["more_body"]
        self.taken.append((scope["method"], {k: v[0] for k, v in parse_qs(body.decode()).items()}))
        status, words = self.answers.pop(0)
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": words.encode()})


def taken_by(carrier, script):
    """Run script(client) with a client that asks this carrier over real HTTP."""

    async def run():
        with listening(HERE, 0, "") as socket:
            server = HttpServer(carrier)
            serving = asyncio.create_task(server.serve([socket]))
            url = f"http://{HERE}:{socket.getsockname()[1]}/rockblock/MT"
            await script(RockblockMt(url, "county", "secret words"))
            server.should_exit = True
            await serving

    asyncio.run(run())


def test_a_payload_for_a_modem_is_posted_as_the_carrier_wants_it():
    carrier = Carrier((200, "OK,4114651"))

    async def script(rockblock_mt):
        assert await rockblock_mt.take(IMEI, b"payload") is None

    taken_by(carrier, script)
    form = {
        "imei": IMEI,
        "username": "county",
        "password": "secret words",
        "data": b"payload".hex(),
    }
    assert carrier.taken == [("POST", form)]


@pytest.mark.parametrize("status", [200, 400])
def test_a_refusal_is_told_in_the_carriers_words(status):
    carrier = Carrier((status, "FAILED,11,No RockBLOCK with this IMEI found on your account"))

    async def script(rockblock_mt):
        refusal = await rockblock_mt.take(IMEI, b"payload")
        assert refusal == "11,No RockBLOCK with this IMEI found on your account"

    taken_by(carrier, script)


@pytest.mark.parametrize("answer", [(200, "FAILED,99,System Error"), (502, "<html>"), (200, "")])
def test_the_carriers_own_trouble_is_no_refusal(answer):
    async def script(rockblock_mt):
        with pytest.raises(Unreachable):
            await rockblock_mt.take(IMEI, b"payload")

    taken_by(Carrier(answer), script)


def test_while_the_carrier_is_away_it_is_one_line_without_the_password(county):
    async def run():
        with listening(HERE, 0, "") as socket:
            port = socket.getsockname()[1]
        mt = RockblockMt(f"http://{HERE}:{port}/", "county", "secret words")
        client = MtClient(mt, county.clock, county.noted.append)
        running = asyncio.create_task(client.run())
        for _ in range(3):
            client.send(IMEI, b"payload")
        while not county.noted:
            await county.clock.advance(1)
        running.cancel()

    asyncio.run(run())
    (line,) = county.noted
    assert line.startswith("RockBLOCK cannot be asked")
    assert "secret" not in line


class TestOptions:
    def roads(self, **more):
        options = Options("county", "db", udp=0, mo=None, mt=None, http=0, passphrase="", **more)
        return Roads(options, Clock(), print)

    def test_a_password_goes_nowhere_in_the_clear(self):
        for url in ("http://rockblock.example/MT", "ftp://127.0.0.1/", "rockblock", "https:///MT"):
            with pytest.raises(Problem, match="is no https:// address"):
                self.roads(rockblock_mt=url)
        self.roads(rockblock_mt="https://rockblock.example/MT")

    def test_without_a_way_down_nothing_is_taken_from_above(self):
        with pytest.raises(Problem, match="could not be acknowledged"):
            self.roads(rockblock=0)

    def test_without_the_carriers_key_only_this_machine_can_post(self, tmp_path):
        more = {"rockblock": 0, "rockblock_mt": "https://rockblock.example/MT"}
        with pytest.raises(Problem, match="anybody could post"):
            self.roads(bind="0.0.0.0", **more)
        self.roads(bind="::1", **more)
        path = tmp_path / "carrier.pem"
        path.write_bytes(pem(KEY.public_key()))
        self.roads(bind="0.0.0.0", rockblock_key=path, **more)

    def test_two_ways_to_one_modem_are_one_too_many(self):
        options = Options(
            "county", "db", 0, 0, "127.0.0.1:1", 0, "", rockblock_mt="https://a.example/"
        )
        with pytest.raises(Problem, match="two ways"):
            Roads(options, Clock(), print)

    @pytest.mark.parametrize("wrong", ["tty:fast", ":9600"])
    def test_a_terminal_is_a_port_and_a_baud_rate(self, wrong):
        with pytest.raises(Problem, match="is no PORT:BAUD"):
            self.roads(beidou=wrong)
