import json

import pytest

from firmware import settings as box_settings
from host_tools import provision
from host_tools.keys import files, store
from host_tools.problems import MISMATCH, USAGE, Problem
from protocol import keyring_file, keys
from tests.host import small_county
from tests.host.small_county import ADDRESS, GATEWAY, IMEI, UNIQUE_ID


@pytest.fixture
def county(tmp_path):
    small_county.make(tmp_path / "county")
    return tmp_path / "county"


@pytest.fixture
def box(tmp_path):
    return tmp_path / "box"


def keyring(box, name="keyring.a"):
    return keyring_file.read((box / name).read_bytes())


def test_a_box_gets_two_copies_of_its_keyring(county, box):
    small_county.provisioned(county, box)
    public = store.load_public(county)
    ring = keyring(box)
    assert ring == keyring(box, "keyring.b")
    assert (ring.address, ring.issue, ring.epoch) == (ADDRESS, 1, 0)
    assert (ring.realm, ring.unique_id) == (public.realm, bytes.fromhex(UNIQUE_ID))
    assert ring.roots == (public.root_public_key, public.next_root_public_key)
    assert list(ring.slots) == [slot.in_keyring() for slot in public.slots]


def test_its_secret_is_derived_from_the_master(county, box):
    small_county.provisioned(county, box)
    master, realm = store.load_master(county, GATEWAY), store.load_public(county).realm
    assert keyring(box).box_root == keys.box_root(master, realm, ADDRESS, 1)


def test_nothing_of_the_county_that_is_secret_goes_to_a_box(county, box):
    small_county.provisioned(county, box)
    master = store.load_master(county, GATEWAY)
    disk = b"".join(file.read_bytes() for file in box.iterdir())
    assert master not in disk
    assert master.hex().encode() not in disk


def test_no_two_boxes_share_a_secret(county, tmp_path):
    roots = []
    for address in (1, 2, 0xEFFF):
        box = tmp_path / str(address)
        small_county.provisioned(county, box, address=address)
        roots.append(keyring(box).box_root)
    assert len(set(roots)) == 3


def test_each_provisioning_has_a_higher_issue_and_another_secret(county, box):
    first = small_county.provisioned(county, box)
    old = keyring(box)
    second = small_county.provisioned(county, box)
    assert (first["issue"], second["issue"]) == (1, 2)
    assert keyring(box).issue == 2
    assert keyring(box).box_root != old.box_root


def test_an_issue_is_used_up_even_when_the_power_goes(county, box, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(provision, "_write_disk", no_power)
        with pytest.raises(KeyboardInterrupt):
            small_county.provisioned(county, box)
    assert small_county.provisioned(county, box)["issue"] == 2


def test_cut_short_between_two_copies_no_old_key_is_left(county, box, monkeypatch):
    small_county.provisioned(county, box)
    real = files.write_whole

    def one_copy_only(path, data, mode=0o644):
        if path.name == "keyring.b":
            no_power()
        real(path, data, mode)

    with monkeypatch.context() as patched:
        patched.setattr(files, "write_whole", one_copy_only)
        with pytest.raises(KeyboardInterrupt):
            small_county.provisioned(county, box)
    assert keyring(box).issue == 2
    assert not (box / "keyring.b").exists()


def test_the_record_is_what_the_gateway_asks_for(county, box):
    record = small_county.provisioned(county, box, imei=IMEI, groups=(0xF002, 0xF001))
    assert record == {
        "address": ADDRESS,
        "issue": 1,
        "name": "村口",
        "unique_id": UNIQUE_ID,
        "imei": IMEI,
        "beidou_card": None,
        "groups": [0xF001, 0xF002],
    }
    assert provision.boxes(county) == {ADDRESS: record}


def test_boxes_json_holds_no_secret(county, box):
    small_county.provisioned(county, box)
    assert keyring(box).box_root.hex() not in (county / "boxes.json").read_text()


def test_the_box_takes_its_settings(county, box):
    small_county.provisioned(county, box, groups=[0xF001])
    read = box_settings.read(json.loads((box / "settings.json").read_text()))
    assert read.site == "村口"
    assert read.groups == (0xF001,)


def test_given_settings_lie_over_the_usual_ones(county, box):
    given = {"heartbeat_s": 60, "volume_pct": {"normal": 40}, "board": {"store": "store.bin"}}
    small_county.provisioned(county, box, settings=given)
    written = json.loads((box / "settings.json").read_text())
    assert written["heartbeat_s"] == 60
    assert written["volume_pct"] == {"normal": 40, "emergency": 100}
    assert written["board"] == {"store": "store.bin", "unique_id": UNIQUE_ID}
    assert given["board"] == {"store": "store.bin"}
    assert provision.USUAL_SETTINGS["board"] == {}


def test_the_keyring_goes_where_the_board_looks_for_it(county, box):
    given = {"board": {"keyring": ["one", "two"]}}
    small_county.provisioned(county, box, settings=given)
    assert keyring(box, "one") == keyring(box, "two")


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": 0},
        {"address": 0xF000},
        {"address": -1},
        {"name": ""},
        {"name": "two\nlines"},
        {"name": "村" * 22},
        {"unique_id": "00"},
        {"unique_id": "g" * 16},
        {"unique_id": " 011223344556677"},
        {"imei": "123"},
        {"imei": "٣" * 15},
        {"beidou_card": "123456"},
        {"beidou_card": "02424070"},
        {"beidou_card": 242407},
        {"groups": [0xEFFF]},
        {"groups": [0xFFFF]},
        {"groups": list(range(0xF000, 0xF011))},
    ],
)
def test_what_does_not_fit_changes_nothing(county, box, wrong):
    with pytest.raises(Problem) as caught:
        small_county.provisioned(county, box, **wrong)
    assert caught.value.exit_code == USAGE
    assert not box.exists()
    assert provision.boxes(county) == {}


def test_one_modem_belongs_to_one_box(county, tmp_path):
    small_county.provisioned(county, tmp_path / "one", imei=IMEI)
    with pytest.raises(Problem) as caught:
        small_county.provisioned(county, tmp_path / "two", imei=IMEI, address=2)
    assert "already in Box 4660" in str(caught.value)
    assert list(provision.boxes(county)) == [ADDRESS]
    small_county.provisioned(county, tmp_path / "one", imei=IMEI)


def test_one_beidou_card_belongs_to_one_box(county, tmp_path):
    small_county.provisioned(county, tmp_path / "one", beidou_card="0242407")
    with pytest.raises(Problem) as caught:
        small_county.provisioned(county, tmp_path / "two", beidou_card="0242407", address=2)
    assert "the BeiDou card 0242407 is already in Box 4660" in str(caught.value)
    record = small_county.provisioned(county, tmp_path / "one", beidou_card="15240507")
    assert record["beidou_card"] == "15240507"


def test_a_county_from_before_beidou_goes_on(county, tmp_path):
    small_county.provisioned(county, tmp_path / "one", imei=IMEI)
    listed = json.loads((county / "boxes.json").read_text())
    del listed["boxes"][0]["beidou_card"]
    (county / "boxes.json").write_text(json.dumps(listed))
    small_county.provisioned(county, tmp_path / "two", beidou_card="0242407", address=2)


def test_a_damaged_list_of_boxes_is_not_begun_again(county, box):
    small_county.provisioned(county, box)
    for damaged in ("", "{}", '{"boxes": 5}', '{"boxes": [{}]}'):
        (county / "boxes.json").write_text(damaged)
        with pytest.raises(Problem) as caught:
            small_county.provisioned(county, box)
        assert caught.value.exit_code == MISMATCH


def no_power(*_args):
    raise KeyboardInterrupt
