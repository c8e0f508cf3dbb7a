"""The signer signs what was looked at, once, for who knows the words; nobody else can."""

import asyncio
import contextlib
import re
import socket

import httpx
import pytest

from host_tools import crypto, orders
from host_tools.gateway_link import Link
from host_tools.keys import counter, encrypted_file, store
from host_tools.problems import REFUSED, UNREACHABLE, Problem
from host_tools.signer.app import make_app
from host_tools.signer.tries import MOST, WINDOW_S, Tries
from host_tools.text import known
from protocol import frame, messages, proof
from protocol import text as wire
from protocol.schema import DOWN
from tests.host import small_county
from tests.host.processes import finished, running
from tests.host.small_county import ADDRESS, GATEWAY, SIGNING
from tests.shared.text_table import HAN, by_hand

PORT = 8701
ORIGIN = f"http://127.0.0.1:{PORT}"
WISH = {
    "key": "live",
    "rank": "danger",
    "target": "all",
    "valid_min": 30,
    "repeats": 3,
    "emergency": True,
    "template": 17,
    "text": None,
    "event": None,
}


class Gateway:
    """Remembers what it was handed; may be deaf."""

    def __init__(self):
        self.frames = []
        self.deaf = False
        self.seen = 0
        self.tables = ()

    def submit(self, data):
        if self.deaf:
            raise Problem("the gateway does not answer", exit_code=UNREACHABLE)
        self.frames.append(data)
        return {"boxes": 1}

    def highest(self, slot):
        return self.seen

    def text_tables(self, target):
        return self.tables


class Browser:
    """Asks the application as a page of its own would; keeps its cookies."""

    def __init__(self, app, runner):
        self.app = app
        self._run = runner.run
        transport = httpx.ASGITransport(app)
        self._http = httpx.AsyncClient(transport=transport, base_url=ORIGIN)
        self.headers = self._http.headers
        self.cookies = self._http.cookies

    def get(self, path, **more):
        return self._run(self._http.get(path, **more))

    def post(self, path, **more):
        return self._run(self._http.post(path, **more))


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def county(tmp_path):
    small_county.make(tmp_path / "county")
    return tmp_path / "county"


@pytest.fixture
def gateway():
    return Gateway()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def page(county, gateway, clock):
    """The signer's page in a browser that has just loaded it."""
    with asyncio.Runner() as runner:
        browser = Browser(make_app(county, gateway, PORT, clock), runner)
        browser.headers["Origin"] = ORIGIN
        assert browser.get("/").status_code == 200
        yield browser


def next_number(county, name="live"):
    return counter.read(county / "signing" / f"{name}.counter")


def ordered(gateway):
    """Return the order in the first frame that the gateway was handed."""
    header, protected = frame.read(gateway.frames[0])
    return messages.decode(DOWN, header.type, proof.split_signed(protected)[0])


def looked_at(page, **changed):
    wish = {**WISH, **changed}
    answer = page.post("/api/look", json=wish)
    assert answer.status_code == 200, answer.text
    return wish, answer.json()


def signed(page, passphrase=SIGNING, **changed):
    wish, seen = looked_at(page, **changed)
    form = {"order": wish, "look": seen["look"], "passphrase": passphrase}
    return page.post("/api/sign", json=form)


class TestSigning:
    def test_the_village_hears_what_was_looked_at(self, page, county, gateway):
        _, seen = looked_at(page)
        assert (seen["zh"], seen["drill"]) == (orders.templates.find(17).zh, False)
        answer = signed(page).json()
        assert answer["at_gateway"]
        data = gateway.frames[0]
        assert answer["frame"] == data.hex()
        header, protected = frame.read(data)
        body, signature = proof.split_signed(protected)
        public = store.load_public(county)
        to_be_signed = proof.to_be_signed(public.realm, header, body)
        assert crypto.verify(public.named("live").public_key, to_be_signed, signature)
        order = messages.decode(DOWN, header.type, body)
        assert (order.template, order.rank, order.repeats) == (17, "danger", 3)
        assert answer["name"] == orders.named(orders.id_in(data)) == "1:1"

    def test_a_drill_is_signed_with_the_drill_key_and_says_so(self, page, gateway):
        _, seen = looked_at(page, key="drill")
        assert seen["drill"]
        assert seen["zh"].startswith("这是演练。")
        assert signed(page, key="drill").json()["name"] == "2:1"

    def test_a_free_text_is_heard_as_it_was_written(self, page):
        _, seen = looked_at(page, template=None, text="请到村委会开会")
        assert (seen["zh"], seen["en"]) == ("请到村委会开会", "")
        assert seen["text_form"] == "UTF-8, 22 bytes"

    def test_a_text_in_few_bytes_is_shown_as_it_will_be_read(self, page, gateway, own_table):
        gateway.tables = {own_table}
        text = {"template": None, "text": " 洪水，请立即撤离 "}
        _, seen = looked_at(page, **text)
        assert (seen["zh"], seen["text_form"]) == ("洪水，请立即撤离", "zh/3, 3 bytes")
        assert signed(page, **text).json()["at_gateway"]
        assert ordered(gateway).text == bytes((own_table, 0b11010_111, 0b10_111111))

    def test_a_text_that_would_be_heard_as_another_is_not_signed(
        self, page, county, gateway, own_table, monkeypatch
    ):
        gateway.tables = {own_table}
        wish, seen = looked_at(page, template=None, text="洪水")
        others = by_hand(own_table, ("旱", *HAN[1:2], "干旱", *HAN[3:]))
        monkeypatch.setattr(known, "tables", lambda: (wire.Table(others),))
        form = {"order": wish, "look": seen["look"], "passphrase": SIGNING}
        answer = page.post("/api/sign", json=form)
        assert "would be read as another" in answer.json()["detail"]
        assert (gateway.frames, next_number(county)) == ([], 1)

    def test_a_templates_gaps_are_filled_and_looked_at(self, page, gateway):
        filled = {"template": 12, "slots": ["20:40", "3", "120"]}
        _, seen = looked_at(page, **filled)
        assert seen["zh"] == "预计20:40前后，3号地点的水深可达120厘米，请提前转移。"
        assert signed(page, **filled).json()["at_gateway"]
        order = ordered(gateway)
        assert (order.template, order.slots) == (12, (1240, 3, 120))

    def test_a_template_whose_gaps_are_not_filled_is_not_signed(self, page, gateway):
        for slots in ([], ["2040", "3", "120"]):
            answer = page.post("/api/look", json={**WISH, "template": 12, "slots": slots})
            assert answer.status_code == 422
            assert "template 12" in answer.json()["detail"]
        assert gateway.frames == []

    def test_another_order_than_the_one_shown_is_not_signed(self, page, county, gateway):
        wish, seen = looked_at(page)
        for change in ({"rank": "routine"}, {"target": "1"}, {"key": "drill"}, {"template": 19}):
            form = {"order": {**wish, **change}, "look": seen["look"], "passphrase": SIGNING}
            answer = page.post("/api/sign", json=form)
            assert answer.status_code == 403
            assert "not the order that was shown" in answer.json()["detail"]
        assert (gateway.frames, next_number(county)) == ([], 1)

    @pytest.mark.parametrize(
        ("change", "status"),
        [
            ({"key": "root"}, 404),
            ({"rank": "urgent"}, 422),
            ({"target": "nowhere"}, 422),
            ({"repeats": 21}, 422),
            ({"template": None}, 422),
            ({"template": 999}, 404),
            ({"repeats": "3"}, 422),
            ({"emergency": 1}, 422),
            ({"more": 1}, 422),
        ],
    )
    def test_what_does_not_fit_is_a_sentence_and_nothing_is_signed(
        self, page, county, change, status
    ):
        answer = page.post("/api/look", json={**WISH, **change})
        assert answer.status_code == status
        assert answer.json()["detail"]
        assert next_number(county) == 1

    def test_an_order_the_gateway_did_not_take_is_not_called_sent(self, page, gateway):
        gateway.deaf = True
        answer = signed(page).json()
        assert not answer["at_gateway"]
        assert "does not answer" in answer["why"]
        gateway.deaf = False
        again = page.post("/api/send-again", json={"name": answer["name"]}).json()
        assert again["at_gateway"]
        assert gateway.frames == [bytes.fromhex(answer["frame"])]

    def test_only_what_was_signed_here_is_sent_again(self, page):
        assert page.post("/api/send-again", json={"name": "1:77"}).status_code == 404

    def test_an_order_is_withdrawn_with_its_own_key(self, page, gateway):
        signed(page)
        form = {"name": "1:1", "target": "all", "reason": "over", "passphrase": SIGNING}
        assert page.post("/api/withdraw", json=form).json()["name"] == "1:2"
        header, protected = frame.read(gateway.frames[1])
        body, _ = proof.split_signed(protected)
        assert messages.decode(DOWN, header.type, body).order == bytes.fromhex("01000001")

    def test_the_choices_have_boxes_and_groups(self, page, county, tmp_path):
        small_county.provisioned(county, tmp_path / "box", groups=[0xF001])
        offered = page.get("/api/choices").json()
        assert [one["target"] for one in offered["targets"]] == ["all", "0xF001", str(ADDRESS)]
        assert {key["name"]: key["drill"] for key in offered["keys"]} == {
            "live": False,
            "drill": True,
        }

    def test_a_lost_counter_signs_nothing(self, page, county, gateway):
        (county / "signing" / "live.counter").unlink()
        answer = signed(page)
        assert answer.status_code == 500
        assert "lost or damaged" in answer.json()["detail"]
        assert gateway.frames == []


class TestPassphrase:
    def test_a_wrong_one_is_one_sentence_and_uses_no_number(self, page, county, gateway):
        answer = signed(page, "guess")
        assert answer.status_code == 403
        assert "the passphrase is wrong and nothing was signed" in answer.json()["detail"]
        assert (gateway.frames, next_number(county)) == ([], 1)

    def test_the_gateways_one_does_not_sign(self, page):
        assert signed(page, GATEWAY).status_code == 403

    def test_after_five_wrong_ones_not_even_the_right_one_is_tried(self, page, clock, gateway):
        for _ in range(MOST):
            signed(page, "guess")
        answer = signed(page)
        assert "five wrong passphrases" in answer.json()["detail"].lower()
        assert gateway.frames == []
        clock.now += WINDOW_S
        assert signed(page).json()["at_gateway"]

    def test_guesses_at_withdrawing_count_too(self, page):
        form = {"name": "1:1", "target": "all", "reason": "over", "passphrase": "guess"}
        for _ in range(MOST):
            page.post("/api/withdraw", json=form)
        assert "five wrong" in signed(page).json()["detail"].lower()

    def test_right_ones_are_not_counted(self, page):
        for _ in range(2 * MOST):
            assert signed(page).status_code == 200

    def test_many_at_once_are_not_more_than_five(self, clock):
        tries = Tries(clock)
        with contextlib.ExitStack() as at_once:
            for _ in range(MOST):
                at_once.enter_context(tries.one())
            with pytest.raises(Problem) as caught, tries.one():
                pass
            assert caught.value.exit_code == REFUSED
        with tries.one():
            pass

    def test_it_is_never_said_back_or_logged(self, page, capfd, caplog):
        wish, seen = looked_at(page)
        for form in (
            {"order": wish, "look": seen["look"], "passphrase": "secret words"},
            {"order": {**wish, "repeats": "x"}, "look": "", "passphrase": "secret words"},
            {"order": wish, "look": seen["look"], "passphrase": ["secret words"]},
            {"order": wish, "look": seen["look"], "passphrase": "secret words" * 100},
            {"secret words": 1},
        ):
            assert "secret words" not in page.post("/api/sign", json=form).text
        said = capfd.readouterr()
        assert "secret words" not in said.out + said.err + caplog.text

    def test_the_key_is_forgotten_with_the_order(self, page, county):
        """Nothing the application keeps holds the private key or the passphrase."""
        signed(page)
        kept = page.app.user_middleware, page.app.router.routes, vars(page.app)
        assert private_key(county).hex() not in repr(kept)
        assert SIGNING not in repr(kept)


class TestOtherPages:
    def test_another_sites_page_is_refused(self, page, gateway):
        wish, seen = looked_at(page)
        form = {"order": wish, "look": seen["look"], "passphrase": SIGNING}
        for origin in (
            "http://evil.example",
            "null",
            "",
            f"https://127.0.0.1:{PORT}",
            "http://127.0.0.1:8700",
            f"http://localhost.evil.example:{PORT}",
        ):
            answer = page.post("/api/sign", json=form, headers={"Origin": origin})
            assert answer.status_code == 403, origin
        del page.headers["Origin"]
        assert page.post("/api/sign", json=form).status_code == 403
        assert gateway.frames == []

    def test_another_host_name_is_refused(self, page):
        for host in ("evil.example", f"evil.example:{PORT}", "127.0.0.1"):
            assert page.get("/", headers={"Host": host}).status_code == 403

    def test_a_request_without_the_pages_cookie_is_refused(self, page):
        page.cookies.clear()
        assert page.post("/api/look", json=WISH).status_code == 403

    def test_the_cookie_is_for_this_page_alone(self, page):
        cookie = page.get("/").headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie

    def test_only_json_is_taken(self, page):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            answer = page.post("/api/look", content=b"{}", headers={"Content-Type": kind})
            assert answer.status_code == 403

    def test_a_large_body_is_not_read(self, page):
        answer = page.post("/api/look", json={**WISH, "text": "x" * 9_000})
        assert "at most" in answer.json()["detail"]

    def test_a_body_of_no_known_length_is_not_read(self, page):
        headers = {"Content-Type": "application/json"}
        answer = page.post("/api/look", content=pieces(b"{}"), headers=headers)
        assert answer.status_code == 403

    @pytest.mark.parametrize("path", ["/", "/static/page.js", "/api/choices", "/nothing"])
    def test_every_answer_forbids_foreign_script_and_framing(self, page, path):
        headers = page.get(path).headers
        policy = headers["content-security-policy"]
        for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"):
            assert rule in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"

    def test_the_page_has_no_script_or_style_in_line(self, page):
        html = page.get("/").text
        assert not re.search(r"<script>|<style|\son\w+=|\sstyle=|https?://", html)

    def test_live_and_drill_look_different(self, page):
        css, js = page.get("/static/page.css").text, page.get("/static/page.js").text
        assert "body.live #banner" in css
        assert "body.drill #banner" in css
        assert "实播 LIVE" in js
        assert "演练 DRILL" in js

    def test_no_other_file_is_served(self, page):
        for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/app.py", "/docs"):
            assert page.get(path).status_code == 404


class TestLink:
    def answering(self, status, content):
        return Link(
            "http://gateway/",
            httpx.MockTransport(lambda _: httpx.Response(status, content=content)),
        )

    def test_the_frame_goes_as_hex(self):
        asked = []

        def answer(request):
            asked.append((request.method, str(request.url), request.content))
            return httpx.Response(200, json={"boxes": 2})

        with Link("http://gateway", httpx.MockTransport(answer)) as link:
            assert link.submit(b"\x01\x02") == {"boxes": 2}
        assert asked == [("POST", "http://gateway/api/orders", b'{"frame":"0102"}')]

    @pytest.mark.parametrize(
        ("status", "content", "exit_code", "words"),
        [
            (403, b'{"error":"not signed by a key"}', 8, "not signed by a key"),
            (404, b'{"error":"no call 5"}', 3, "no call 5"),
            (400, b'{"error":"too late"}', 1, "too late"),
            (500, b"<html>", 1, "status 500"),
            (500, b"[1]", 1, "[1]"),
            (200, b"<html>", 1, "not JSON"),
        ],
    )
    def test_a_refusal_is_a_sentence(self, status, content, exit_code, words):
        with self.answering(status, content) as link, pytest.raises(Problem) as caught:
            link.submit(b"")
        assert caught.value.exit_code == exit_code
        assert words in str(caught.value)

    def test_nobody_there_is_unreachable(self):
        def nobody(request):
            raise httpx.ConnectError("refused")

        with Link("http://gateway", httpx.MockTransport(nobody)) as link:
            with pytest.raises(Problem) as caught:
                link.state()
        assert caught.value.exit_code == UNREACHABLE


class TestProcess:
    @pytest.fixture
    def signer(self, county):
        with running("signer", "--county", county, "--http", free_port()) as process:
            yield process

    def test_it_says_where_its_page_is_and_listens_on_this_machine_only(self, signer):
        assert signer.url.startswith("http://127.0.0.1:")
        assert httpx.get(signer.url, trust_env=False).status_code == 200

    def test_a_busy_port_is_one_sentence(self, county):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = finished("signer", "--county", county, "--http", port)
        assert done.returncode == UNREACHABLE
        assert done.stderr.count("\n") == 1
        assert str(port) in done.stderr


async def pieces(*parts):
    for part in parts:
        yield part


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def private_key(county, name="live"):
    return encrypted_file.read(county / "signing" / f"{name}.key", f"signing/{name}", SIGNING)
