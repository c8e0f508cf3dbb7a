"""What a person at the county types, and what is said back: data, sentences, exit codes."""

import json

import pytest

from host_tools import __version__, cli, orders, templates
from host_tools.commands import following, screen
from host_tools.gateway import database
from host_tools.keys import counter, store
from host_tools.problems import (
    GENERAL,
    INTERRUPTED,
    MISMATCH,
    NOT_FOUND,
    REFUSED,
    UNREACHABLE,
    USAGE,
    Problem,
)
from tests.host import small_county
from tests.host.processes import finished, running
from tests.host.small_county import ADDRESS, GATEWAY, IMEI, SIGNING

OPERATOR = "duty officer's words"
NOBODY = "http://127.0.0.1:9"  # the discard port: nobody listens


@pytest.fixture
def county(tmp_path, monkeypatch):
    small_county.make(tmp_path / "county")
    monkeypatch.setenv("FENGSUI_COUNTY", str(tmp_path / "county"))
    return tmp_path / "county"


@pytest.fixture(autouse=True)
def words(monkeypatch):
    """The passphrases of the county lie in the environment; colour does not."""
    monkeypatch.setenv("FENGSUI_GATEWAY_PASSPHRASE", GATEWAY)
    monkeypatch.setenv("FENGSUI_SIGNING_PASSPHRASE", SIGNING)
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A gateway process with one Box and one operator; its county and its page."""
    folder = tmp_path_factory.mktemp("served")
    small_county.make(folder / "county")
    record = small_county.provisioned(folder / "county", folder / "box", imei=IMEI)
    engine = database.open_engine(folder / "county.db")
    database.register_box(engine, record)
    database.add_operator(engine, "duty", OPERATOR)
    engine.dispose()
    options = ("--county", folder / "county", "--db", folder / "county.db", "--udp", 0,
               "--mo", 0, "--mt", "127.0.0.1:9", "--http", 0)  # fmt: skip
    words = {"FENGSUI_GATEWAY_PASSPHRASE": GATEWAY}
    with running("gateway", *options, environment=words) as process:
        yield folder / "county", process.url


@pytest.fixture
def said(capsys):
    """Type words; return (exit code, standard output, standard error)."""

    def type_in(*typed):
        code = cli.code_of([str(word) for word in typed])
        out, err = capsys.readouterr()
        return code, out, err

    return type_in


def next_number(county):
    return counter.read(county / "signing" / "live.counter")


class TestHelp:
    @pytest.mark.parametrize(
        "verb",
        [
            "keys init", "keys show", "keys recover", "provision", "gateway", "signer", "order",
            "cancel", "submit", "templates", "calls list", "calls take", "calls close", "boxes",
            "decode", "operator add", "sim", "demo", "flash", "image info", "image clips",
            "image tables",
            "text build", "text measure",
        ],
    )  # fmt: skip
    def test_every_verb_and_every_option_explains_itself(self, said, verb):
        code, out, _ = said(*verb.split(), "--help")
        assert code == 0
        assert "Usage: fengsui" in out or "Usage:" in out
        for line in out.splitlines():
            if line.startswith(("│ *  --", "│    --", "│ --")):
                assert any(word.isalpha() for word in line.split()[3:]), line

    def test_nothing_typed_prints_the_verbs(self, said):
        code, out, err = said()
        assert (code, err) == (USAGE, "")
        assert "provision" in out

    def test_the_version(self, said):
        assert said("--version") == (0, f"fengsui {__version__}\n", "")

    def test_both_ways_of_starting_are_one(self):
        done = finished("--version")
        assert (done.returncode, done.stdout) == (0, f"fengsui {__version__}\n")

    def test_options_for_all_verbs_stand_anywhere(self, said, county):
        told = json.loads(said("--json", "keys", "show")[1])
        assert json.loads(said("keys", "--json", "show")[1]) == told
        assert json.loads(said("keys", "show", "--json")[1]) == told


class TestMistakes:
    @pytest.mark.parametrize(
        "typed", [("nonsense",), ("order",), ("decode", "--wrong"), ("decode",), ("keys", "lose")]
    )
    def test_a_mistyped_line_is_one_sentence_with_exit_code_2(self, said, typed):
        code, out, err = said(*typed)
        assert (code, out) == (USAGE, "")
        assert err.startswith("fengsui: ")
        assert err.count("\n") == 1

    def test_a_problem_is_told_without_a_traceback(self, said, tmp_path):
        code, out, err = said("keys", "show", "--county", tmp_path)
        assert (code, out) == (NOT_FOUND, "")
        assert err == f"fengsui: {tmp_path} holds no county. Make one with `fengsui keys init`.\n"

    def test_with_debug_the_traceback_is_shown(self, tmp_path):
        done = finished("keys", "show", "--county", tmp_path, "--debug")
        assert done.returncode == GENERAL
        assert "Traceback" in done.stderr
        assert "Traceback" not in finished("keys", "show", "--county", tmp_path).stderr

    def test_a_fault_of_ours_is_told_too(self, said, county, monkeypatch):
        def fail(_):
            raise ZeroDivisionError("oops")

        monkeypatch.setattr(store, "load_public", fail)
        code, _, err = said("keys", "show")
        assert code == GENERAL
        assert "this should not happen: ZeroDivisionError: oops" in err
        assert "--debug" in err
        with pytest.raises(ZeroDivisionError):
            cli.code_of(["--debug", "keys", "show"])

    def test_a_file_that_may_not_be_written_is_a_sentence(self, said, tmp_path):
        (tmp_path / "file").touch()
        code, _, err = said("keys", "init", "--dir", tmp_path / "file" / "county")
        assert code == UNREACHABLE
        assert str(tmp_path / "file") in err

    def test_control_c_is_130(self, said, county, monkeypatch):
        def pressed(_):
            raise KeyboardInterrupt

        monkeypatch.setattr(store, "load_public", pressed)
        assert said("keys", "show")[0] == INTERRUPTED

    def test_chinese_is_printed_whatever_the_terminal_says(self):
        for encoding in ("ascii", "cp936", "latin-1"):
            done = finished("templates", environment={"PYTHONIOENCODING": encoding})
            assert done.returncode == 0
            assert templates.find(17).zh in done.stdout

    def test_no_color_is_respected(self):
        done = finished("templates", environment={"FORCE_COLOR": "1"})
        assert "\x1b[3" not in done.stdout


class TestKeys:
    def test_a_county_is_made_and_shown(self, said, tmp_path):
        code, out, err = said("keys", "init", "--dir", tmp_path / "new")
        assert code == 0
        assert "signing" in err
        assert said("keys", "show", "--county", tmp_path / "new") == (0, out, "")

    def test_as_json(self, said, county):
        code, out, _ = said("keys", "show", "--json")
        assert code == 0
        assert json.loads(out)["realm"] == store.load_public(county).realm.hex()

    def test_no_passphrase_can_be_an_option(self, said, county):
        for option in ("--passphrase", "--signing-passphrase"):
            assert said("order", "--target", "all", option, "words")[0] == USAGE

    def test_a_lost_counter_can_be_recovered(self, said, county):
        path = county / "signing" / "live.counter"
        path.unlink()
        code, _, err = said("order", "--target", "all", "--template", 17)
        assert code == MISMATCH
        assert "fengsui keys recover live" in err
        assert not path.exists()
        code, out, _ = said("keys", "recover", "live", "--highest", 40)
        assert (code, out) == (0, "live goes on at 65576\n")

    def test_only_keys_that_exist_are_recovered(self, said, county):
        assert said("keys", "recover", "../live", "--highest", 1)[0] == NOT_FOUND


class TestProvision:
    def test_a_box_is_provisioned_and_made_known(self, said, county, tmp_path):
        code, out, _ = said(
            "provision", "--box", tmp_path / "box", "--address", ADDRESS, "--name", "村口",
            "--unique-id", small_county.UNIQUE_ID, "--imei", IMEI, "--group", "0xF001",
            "--beidou-card", "0242407", "--db", tmp_path / "county.db", "--json",
        )  # fmt: skip
        assert code == 0
        assert json.loads(out)["issue"] == 1
        engine = database.open_engine(tmp_path / "county.db")
        with engine.connect() as connection:
            row = connection.execute(database.boxes.select()).one()
        engine.dispose()
        assert (row.address, row.name, row.groups) == (ADDRESS, "村口", [0xF001])
        assert (row.imei, row.beidou_card) == (IMEI, "0242407")

    def test_wrong_settings_name_the_file(self, said, county, tmp_path):
        (tmp_path / "settings.json").write_text("{")
        code, _, err = said(
            "provision", "--box", tmp_path / "box", "--address", 1, "--name", "x",
            "--unique-id", small_county.UNIQUE_ID, "--settings", tmp_path / "settings.json",
        )  # fmt: skip
        assert code == MISMATCH
        assert "settings.json is damaged" in err

    def test_a_group_that_is_no_number(self, said, county, tmp_path):
        code, _, err = said(
            "provision", "--box", tmp_path / "box", "--address", 1, "--name", "x",
            "--unique-id", small_county.UNIQUE_ID, "--group", "north",
        )  # fmt: skip
        assert code == USAGE
        assert "north is no group" in err


class TestOrder:
    def test_what_will_be_signed_is_shown_first(self, said, county):
        _, _, err = said(
            "order", "--target", "all", "--template", 17, "--rank", "danger", "--gateway", NOBODY
        )
        assert err.index("LIVE, for real") < err.index(templates.find(17).zh)
        assert err.index("danger, to everybody") < err.index("does not answer")

    def test_gaps_areas_and_sirens_are_shown_in_words(self, said, county):
        slots = ("--slot", "20:40", "--slot", "3", "--slot", "120")
        typed = ("order", "--target", "all", "--area", 7, "--area", 19, "--gateway", NOBODY)
        _, _, err = said(*typed, "--template", 12, *slots)
        assert "3号地点的水深可达120厘米" in err
        assert "to everybody of area 7, 19" in err
        assert "a steady siren" in said(*typed, "--siren", "steady")[2]
        code, _, err = said(*typed, "--template", 12)
        assert code == USAGE
        assert "template 12 takes time, place, number; 0 slots were given" in err

    def test_a_text_is_shown_with_its_form_and_bytes(self, said, county):
        _, _, err = said("order", "--target", "all", "--text", "洪水来了", "--gateway", NOBODY)
        assert "洪水来了" in err
        assert "text by UTF-8, 13 bytes" in err

    def test_a_drill_is_shown_as_one(self, said, county):
        typed = ("order", "--target", "all", "--template", 17, "--drill", "--gateway", NOBODY)
        _, _, err = said(*typed)
        assert "DRILL" in err
        assert "LIVE" not in err
        assert "这是演练。" in err

    def test_a_gateway_that_does_not_answer_leaves_the_signed_bytes(self, said, county):
        code, out, err = said("order", "--target", "all", "--template", 17, "--gateway", NOBODY)
        assert (code, out) == (UNREACHABLE, "")
        data = bytes.fromhex(err.split("`fengsui submit ")[1].split("`")[0])
        assert orders.named(orders.id_in(data)) == "1:1"

    def test_a_wrong_passphrase_uses_no_number(self, said, county, monkeypatch):
        monkeypatch.setenv("FENGSUI_SIGNING_PASSPHRASE", "guess")
        code, out, err = said("order", "--target", "all", "--template", 17)
        assert (code, out) == (REFUSED, "")
        assert "passphrase does not open" in err
        assert next_number(county) == 1

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            (("--target", "all"), USAGE),
            (("--target", "all", "--template", 17, "--text", "x"), USAGE),
            (("--target", "all", "--template", 4711), NOT_FOUND),
            (("--target", "nowhere", "--template", 17), USAGE),
            (("--target", "all", "--template", 17, "--rank", "urgent"), USAGE),
            (("--target", "all", "--template", 17, "--repeats", 0), USAGE),
            (("--target", "all", "--template", 17, "--valid-min", 99_999), USAGE),
        ],
    )
    def test_what_does_not_fit_signs_nothing(self, said, county, typed, code):
        assert said("order", *typed)[0] == code
        assert next_number(county) == 1

    def test_what_was_never_signed_is_not_submitted(self, said):
        assert said("submit", "00ff", "--gateway", NOBODY)[0] == USAGE

    def test_the_templates_are_listed(self, said):
        code, out, _ = said("templates")
        assert code == 0
        assert all(known.zh in out for known in templates.BANK)
        assert len(json.loads(said("templates", "--json")[1])) == len(templates.BANK)


class TestDecode:
    @pytest.fixture
    def order(self, county):
        order = orders.compose(slot=1, rank="danger", template=17, issued=996480)
        public = store.load_public(county)
        return orders.sign_order(public, small_county.signer(county), ADDRESS, order)

    def test_a_genuine_order(self, said, order):
        code, out, _ = said("decode", order.hex())
        assert code == 0
        assert "genuine: slot 1, live" in out
        assert "2026-11-24 00:00:00Z" in out

    def test_a_forged_one_is_exit_code_5(self, said, order):
        forged = order[:-1] + bytes([order[-1] ^ 1])
        code, out, _ = said("decode", forged.hex())
        assert code == MISMATCH
        assert "NOT genuine" in out

    def test_without_a_county_nothing_is_claimed(self, said, order, monkeypatch):
        monkeypatch.delenv("FENGSUI_COUNTY")
        code, out, _ = said("decode", order.hex())
        assert code == 0
        assert "not checked" in out

    def test_as_json(self, said, order):
        one = json.loads(said("decode", order.hex(), "--json")[1])[0]
        assert (one["type"], one["proof"]) == ("Order", "genuine")
        assert one["message"]["rank"] == "danger"

    def test_as_the_cose_object_it_is_short_for(self, said, order, county):
        code, out, _ = said("decode", "--cose", order.hex())
        assert code == 0
        object_, aad, verdict = out.splitlines()
        body, signature = order[7:-64].hex(), order[-64:].hex()
        assert object_ == f"18([<<{{1: -8}}>> / EdDSA /, {{}}, h'{body}', h'{signature}'])"
        known = b"fengsui/1" + store.load_public(county).realm + order[:7]
        assert aad == f"external_aad h'{known.hex()}'"
        assert verdict.startswith("genuine")

    def test_a_closed_frame_is_not_written_out(self, said):
        code, out, _ = said("decode", "--cose", "98181234000001" + "00" * 16)
        assert code == 0
        assert out.startswith("not written out: its epoch is not known")

    def test_bytes_may_come_on_standard_input(self, county, order):
        done = finished("decode", "-", typed=f"{order.hex(':')}\n")
        assert done.returncode == 0
        assert "genuine" in done.stdout

    def test_what_is_no_frame_says_why(self, said):
        code, out, _ = said("decode", "9818")
        assert code == GENERAL
        assert "refused: length out of bounds" in out

    def test_a_sealed_frame_stays_closed_without_the_passphrase(self, said, county, monkeypatch):
        monkeypatch.delenv("FENGSUI_GATEWAY_PASSPHRASE")
        code, out, err = said("decode", "98181234000001" + "00" * 16)
        assert code == 0
        assert "stay closed" in err
        assert "from Box 4660" in out


class TestFollowing:
    def states(self, *stages, kind="Order"):
        """Yield the gateway's states, one stage of one Box after another."""
        for state, outcome in stages:
            stage = {"box": ADDRESS, "state": state, "outcome": outcome}
            if outcome == "failed":
                stage["cause"] = "line_open"
            yield {
                "orders": [
                    {
                        "slot": 1,
                        "seq": 7,
                        "type": kind,
                        "counts": {state: 1},
                        "deliveries": [stage],
                    }
                ]
            }

    def followed(self, *stages, kind="Order"):
        states = self.states(*stages, kind=kind)
        return following.follow(lambda: next(states), "1:7", screen.Screen(), lambda _: None)

    def test_each_stage_is_told_once(self, capsys):
        code = self.followed(
            ("waiting", None),
            ("waiting", None),
            ("verified", None),
            ("playing", None),
            ("finished", "played"),
        )
        assert code == 0
        assert capsys.readouterr().out.splitlines() == [
            "1:7 at Box 4660: waiting",
            "1:7 at Box 4660: verified",
            "1:7 at Box 4660: playing",
            "1:7 at Box 4660: finished: played",
        ]

    def test_what_did_not_sound_is_not_called_played(self, capsys):
        assert self.followed(("playing", None), ("finished", "failed")) == GENERAL
        assert "finished: failed (line_open)" in capsys.readouterr().out
        for end in (("refused", "refused"), ("expired", None), ("finished", "cut")):
            assert self.followed(end) == GENERAL

    def test_an_interrupted_order_is_not_over(self):
        assert self.followed(("finished", "interrupted"), ("finished", "played")) == 0

    def test_a_cancel_is_over_when_its_box_took_it(self):
        assert self.followed(("waiting", None), ("verified", None), kind="Cancel") == 0
        assert self.followed(("expired", None), kind="Cancel") == GENERAL

    def test_an_order_nobody_knows(self):
        with pytest.raises(Problem) as caught:
            following.follow(lambda: {"orders": []}, "1:7", screen.Screen())
        assert caught.value.exit_code == NOT_FOUND

    def test_as_json_a_line_for_each_stage(self, capsys):
        states = self.states(("waiting", None), ("finished", "played"))
        following.follow(lambda: next(states), "1:7", screen.Screen(True), lambda _: None)
        told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [one["state"] for one in told] == ["waiting", "finished"]


class TestAgainstARealGateway:
    @pytest.fixture
    def gateway(self, served, monkeypatch):
        monkeypatch.setenv("FENGSUI_COUNTY", str(served[0]))
        monkeypatch.setenv("FENGSUI_GATEWAY", served[1])
        monkeypatch.setenv("FENGSUI_OPERATOR_PASSPHRASE", OPERATOR)

    def test_an_order_is_taken_once_and_a_cancel_after_it(self, said, gateway):
        typed = ("order", "--target", ADDRESS, "--template", 17, "--rank", "danger", "--json")
        code, out, err = said(*typed)
        assert code == 0, err
        code, out, _ = said("cancel", json.loads(out)["order"], "--json")
        assert code == 0
        told = json.loads(out)
        again = f"{told['order']} is at the gateway\n"
        assert said("submit", told["frame"])[:2] == (0, again)
        code, _, err = said("order", "--target", 4661, "--template", 17)
        assert code == GENERAL
        assert "no Box is meant" in err

    def test_an_order_signed_elsewhere_is_refused(self, said, gateway, tmp_path):
        small_county.make(tmp_path / "other")
        typed = ("order", "--county", tmp_path / "other", "--target", "all", "--template", 17)
        code, _, err = said(*typed)
        assert code == REFUSED
        assert "not signed by a key of this county" in err

    def test_boxes_and_calls_are_listed(self, said, gateway):
        assert json.loads(said("boxes", "--json")[1])[0]["name"] == "村口"
        assert "村口" in said("boxes")[1]
        assert said("calls", "list", "--json")[:2] == (0, "[]\n")

    def test_a_call_is_taken_by_who_may(self, said, gateway, monkeypatch):
        code, _, err = said("calls", "take", 5, "--as", "duty")
        assert code == NOT_FOUND
        assert "no call 5" in err
        monkeypatch.setenv("FENGSUI_OPERATOR_PASSPHRASE", "a wrong guess")
        assert said("calls", "close", 5, "--as", "duty")[0] == REFUSED

    def test_nobody_there_is_exit_code_4(self, said):
        for typed in (("boxes",), ("calls", "list")):
            code, _, err = said(*typed, "--gateway", NOBODY)
            assert code == UNREACHABLE
            assert "does not answer" in err


class TestOperators:
    def test_a_person_may_sign_in_from_now_on(self, said, tmp_path, monkeypatch):
        monkeypatch.setenv("FENGSUI_OPERATOR_PASSPHRASE", OPERATOR)
        typed = ("operator", "add", "duty", "--db", tmp_path / "county.db")
        assert said(*typed) == (0, "", "duty may sign in.\n")

    def test_a_short_password_is_refused(self, said, tmp_path, monkeypatch):
        monkeypatch.setenv("FENGSUI_OPERATOR_PASSPHRASE", "short")
        typed = ("operator", "add", "duty", "--db", tmp_path / "county.db")
        assert said(*typed)[0] == USAGE


class TestProcesses:
    def test_the_gateway_does_not_start_beside_the_signing_passphrase(self, said, county):
        code, _, err = said("gateway", "--db", "x.db", "--udp", 0, "--mo", 0, "--mt", "h:1",
                            "--http", 0)  # fmt: skip
        assert code == USAGE
        assert "FENGSUI_SIGNING_PASSPHRASE is in the environment" in err

    def test_an_unknown_simulator_is_not_found(self, said):
        code, _, err = said("sim", "weather", "--json", "-h")
        assert code == NOT_FOUND
        assert "amplifier" in err

    def test_what_follows_a_simulators_name_is_its_own(self, monkeypatch, said):
        seen = []
        monkeypatch.setattr(
            "runpy.run_module", lambda name, **_: seen.append((name, list(cli.sys.argv)))
        )
        monkeypatch.setattr("sys.argv", ["fengsui"])
        assert said("sim", "panel", "--line", "x", "--json", "--help")[0] == 0
        words = ["fengsui sim panel", "--line", "x", "--json", "--help"]
        assert seen == [("host_tools.sim.panel", words)]
