"""`fengsui provision PORT` and a board in memory: no Box ever has old keys, or keys untold."""

import hashlib
import json

import pytest

from host_tools import cli, provision
from host_tools.board import usb as usb_module
from host_tools.gateway import database
from host_tools.problems import MISMATCH, UNREACHABLE, USAGE
from protocol import keyring_file
from tests.host import plugged_board, small_county
from tests.host.fake_pico import PORT, UNIQUE_ID
from tests.host.small_county import ADDRESS, GATEWAY, IMEI

pico, usb = plugged_board.pico, plugged_board.usb
CELLS = ("keyring_a", "keyring_b")
SITE = {"site": {"address": ADDRESS, "name": "村口", "area": 3}, "heartbeat_s": 90}


@pytest.fixture
def county(tmp_path, monkeypatch):
    small_county.make(tmp_path / "county")
    monkeypatch.setenv("FENGSUI_COUNTY", str(tmp_path / "county"))
    monkeypatch.setenv("FENGSUI_GATEWAY_PASSPHRASE", GATEWAY)
    return tmp_path / "county"


@pytest.fixture
def provisioned(county, usb, tmp_path, monkeypatch, capsys):
    """Provision the board with this site file; return (exit code, standard output and error)."""
    monkeypatch.setattr(usb_module, "Usb", lambda: usb)

    def act(*more, site=SITE):
        (tmp_path / "site.json").write_text(json.dumps(site))
        words = ("--json", "provision", PORT, "--site", tmp_path / "site.json", *more)
        code = cli.code_of([str(word) for word in words])
        return code, *capsys.readouterr()

    return act


def rings(pico):
    return [keyring_file.read(pico.cell(name)) for name in CELLS if pico.cell(name)]


class TestAFreshBoard:
    def test_gets_two_copies_of_its_keyring(self, provisioned, pico):
        assert provisioned()[0] == 0
        first, second = rings(pico)
        assert first == second
        assert (first.address, first.issue) == (ADDRESS, 1)
        assert first.unique_id.hex() == UNIQUE_ID

    def test_gets_the_settings_of_its_site_over_the_usual_ones_of_its_board(
        self, provisioned, pico
    ):
        provisioned("--group", "0xF001")
        settings = pico.settings()
        assert settings["site"] == {"area": 3, "name": "村口", "groups": [0xF001]}
        assert settings["heartbeat_s"] == 90
        assert settings["volume_pct"] == {"normal": 60, "emergency": 100}
        assert settings["board"] == {
            "name": "pico_box", "amplifier": {"map": "line_60w"}, "sbd": {"baud": 19_200},
            "unique_id": UNIQUE_ID,
        }  # fmt: skip

    def test_gets_a_file_system_because_it_has_none(self, provisioned):
        assert json.loads(provisioned()[1])["formatted"] is True
        assert json.loads(provisioned()[1])["formatted"] is False

    def test_starts_and_is_ready(self, provisioned, pico):
        _, out, _ = provisioned()
        assert json.loads(out)["port"] == PORT
        assert pico.resets == 1
        assert pico.plugged

    def test_is_known_to_the_county_and_to_the_gateway(self, provisioned, county, tmp_path):
        _, out, _ = provisioned("--db", tmp_path / "county.db", "--imei", IMEI)
        known = provision.boxes(county)[ADDRESS]
        assert known.items() <= json.loads(out).items()
        assert (known["unique_id"], known["imei"]) == (UNIQUE_ID, IMEI)
        engine = database.open_engine(tmp_path / "county.db")
        with engine.connect() as connection:
            row = connection.execute(database.boxes.select()).one()
        engine.dispose()
        assert (row.address, row.issue) == (ADDRESS, 1)

    def test_what_is_typed_counts_more_than_the_file(self, provisioned, pico):
        provisioned("--address", 7, "--name", "山上")
        assert rings(pico)[0].address == 7
        assert pico.settings()["site"]["name"] == "山上"

    def test_for_people_it_is_one_line(self, provisioned, county, tmp_path, capsys):
        site = tmp_path / "site.json"
        site.write_text(json.dumps(SITE))
        cli.code_of(["provision", "--site", str(site)])
        out, err = capsys.readouterr()
        assert out.startswith(f"Box {ADDRESS}, 村口, issue 1: keys and settings are on the board ")
        assert out.count("\n") == 1
        assert err == f"writing keys of issue 1 and settings to the board {UNIQUE_ID}\n"


class TestABoardWithKeys:
    def test_gets_others_under_a_higher_issue(self, provisioned, pico):
        provisioned()
        old = rings(pico)[0]
        provisioned()
        assert [ring.issue for ring in rings(pico)] == [2, 2]
        assert rings(pico)[0].box_root != old.box_root

    @pytest.mark.parametrize("torn", [False, True])
    def test_never_has_old_keys_wherever_the_power_goes(self, provisioned, pico, torn):
        provisioned()
        before = pico.flash.copy()
        whole = operations_of(provisioned, pico)
        assert whole > 6
        for fails_at in range(1, whole + 1):
            pico.flash = before.copy(fails_at, torn)
            code, _, err = provisioned()
            assert code == UNREACHABLE
            assert err.endswith("Plug it in again and begin anew.\n")
            pico.flash.on()
            pico.plugged = True
            issues = {ring.issue for ring in rings(pico)}
            assert fails_at <= len(CELLS) or 1 not in issues, f"old keys at {fails_at}"
            assert 1 not in issues or len(issues) == 1, f"old and new keys at {fails_at}"
        pico.flash = before.copy()
        assert provisioned()[0] == 0

    def test_that_moves_to_another_address_is_said_to_leave_the_old_one(self, provisioned):
        provisioned()
        code, _, err = provisioned("--address", 7)
        assert code == 0
        assert f"this board was Box {ADDRESS}, 村口, which has none from now on\n" in err

    def test_another_board_does_not_silently_take_its_address(self, provisioned, pico, county):
        provisioned()
        pico.unique_id = "0011223344556677"
        code, _, err = provisioned()
        assert code == MISMATCH
        assert err == (
            f"fengsui: Box {ADDRESS}, 村口, is the board {UNIQUE_ID}, and this is "
            "0011223344556677. Give another address, or --replace if that board is gone.\n"
        )
        assert provision.boxes(county)[ADDRESS]["issue"] == 1

    def test_another_board_takes_its_place_if_people_say_so(self, provisioned, pico, county):
        provisioned()
        pico.unique_id = "0011223344556677"
        code, out, _ = provisioned("--replace")
        assert (code, json.loads(out)["replaced"]) == (0, UNIQUE_ID)
        assert provision.boxes(county)[ADDRESS]["unique_id"] == "0011223344556677"


class TestWhatIsRefusedBeforeAnythingIsChanged:
    @pytest.fixture(autouse=True)
    def _unchanged(self, pico, county):
        yield
        assert pico.flash.operations == 0
        assert provision.boxes(county) == {}
        assert pico.resets == 1  # and it goes on

    def test_a_board_without_a_release(self, provisioned, pico):
        pico.release = None
        code, _, err = provisioned()
        assert code == MISMATCH
        assert "and no Fengsui. Flash it first: fengsui flash /dev/ttyACM0 --image" in err

    def test_settings_for_another_board(self, provisioned):
        code, _, err = provisioned(site={**SITE, "board": {"name": "pi_linux"}})
        assert code == MISMATCH
        assert err == (
            "fengsui: the settings are for a pi_linux, and /dev/ttyACM0 is a pico_box. "
            "Give the settings of this site.\n"
        )

    def test_settings_the_box_would_not_start_with(self, provisioned):
        code, _, err = provisioned(site={**SITE, "heartbeat_s": 0})
        assert code == MISMATCH
        assert err == (
            "fengsui: the Box refuses the settings: heartbeat_s: expected a number from 1 to "
            "86400. Put it right and provision again.\n"
        )

    def test_settings_its_board_would_not_start_with(self, provisioned, pico):
        pico.complaint = "board.amplifier.map: there is no map called line_6w"
        code, _, err = provisioned()
        assert code == MISMATCH
        assert "there is no map called line_6w" in err

    def test_settings_too_long_for_a_box(self, provisioned):
        code, _, err = provisioned(site={**SITE, "remarks": "远" * 3000})
        assert code == MISMATCH
        assert "and a Box keeps 8192" in err

    @pytest.mark.parametrize(
        ("site", "said"),
        [
            ({}, "a Box needs its address"),
            ({"site": {"address": 7}}, "a Box needs its name"),
            ({"site": {"address": "7", "name": "x"}}, "an address is 1 to 61439"),
            ({"site": {"address": 7, "name": 7}}, "a name has 1 to 64 bytes"),
            ({"site": {"address": 7, "name": "x", "imei": 7}}, "an IMEI is 15 digits"),
            ({"site": {"address": 7, "name": "x", "groups": 7}}, "a Box is in at most 16 groups"),
            ({"site": {"address": 7, "name": "x", "groups": ["x"]}}, "a group is 61440 to 65279"),
            ({"site": 7}, "site in the settings is no table"),
            ({"site": {"address": 7, "name": "x"}, "board": 7}, "board in the settings is no"),
        ],
    )
    def test_a_place_that_cannot_be(self, provisioned, site, said):
        code, _, err = provisioned(site=site)
        assert code == USAGE
        assert said in err


class TestWhatTheBoardKept:
    @pytest.mark.parametrize("name", CELLS)
    def test_a_flipped_bit_in_a_keyring(self, provisioned, pico, name):
        def rot():
            pico.flash.image[pico.at(name) + 300] ^= 1

        pico.at_soft_reset = rot
        code, _, err = provisioned()
        assert code == MISMATCH
        assert f"{PORT} did not keep {name} as written. Provision it again" in err

    def test_other_settings(self, provisioned, pico):
        def rot():
            if (pico.files / "settings.json").exists():
                (pico.files / "settings.json").write_text("{}")

        pico.at_soft_reset = rot
        assert f"{PORT} did not keep settings as written" in provisioned()[2]

    def test_a_box_that_starts_in_safe_mode_is_not_called_ready(self, provisioned, pico):
        pico.says = b"Fengsui\r\nsafe mode: board.sbd.baud: is missing\r\n"
        code, out, err = provisioned()
        assert (code, out) == (MISMATCH, "")
        assert "is in safe mode: board.sbd.baud: is missing. Put that right" in err

    def test_a_box_that_says_nothing_is_not_called_ready(self, provisioned, pico):
        pico.says = b"MicroPython\r\n>>> "
        code, _, err = provisioned()
        assert code == UNREACHABLE
        assert f"the Box on {PORT} has its keys and did not say ready" in err

    def test_a_box_that_does_not_come_back_is_not_called_ready(self, provisioned, pico):
        pico.comes_back = False
        assert provisioned()[0] == UNREACHABLE


class TestSecrets:
    def test_none_is_shown_and_none_comes_back_from_the_board(
        self, provisioned, pico, capsys, monkeypatch
    ):
        answers = []
        run = pico.run

        def kept(code):
            answers.append(run(code))
            return answers[-1]

        monkeypatch.setattr(pico, "run", kept)
        _, out, err = provisioned()
        secret = rings(pico)[0].box_root
        said = out + err + "".join(map(str, answers))
        for form in (secret.hex(), repr(secret)[2:-1], repr(secret.hex())):
            assert form not in said
        assert hashlib.sha256(pico.cell("keyring_a")).hexdigest() in said


def operations_of(provisioned, pico):
    """Return how many programs and erases a provisioning takes."""
    before = pico.flash.operations
    provisioned()
    return pico.flash.operations - before
