import json
import os
import subprocess
import sys
import threading

import pytest

from host_tools import crypto
from host_tools.keys import counter, encrypted_file, files, passphrases, store
from host_tools.keys.encrypted_file import WrongPassphrase
from host_tools.problems import MISMATCH, NOT_FOUND, REFUSED, USAGE, Problem
from protocol import keys
from tests.host import small_county
from tests.host.small_county import GATEWAY, SIGNING

SECRET = b"32 bytes that nobody may see now"


@pytest.fixture
def county(tmp_path):
    small_county.make(tmp_path / "county")
    return tmp_path / "county"


class TestCounty:
    def test_a_new_county_has_a_root_two_slots_and_a_master(self, county):
        public = store.load_public(county)
        assert public.realm == keys.realm(public.root_public_key)
        assert [(s.number, s.name, s.drill) for s in public.slots] == [
            (1, "live", False),
            (2, "drill", True),
        ]
        assert len(store.load_master(county, GATEWAY)) == 32

    def test_no_two_keys_are_the_same(self, county):
        public = store.load_public(county)
        found = {slot.public_key for slot in public.slots} | set(public.roots)
        assert len(found) == 4

    def test_public_json_has_the_agreed_fields_and_no_secret(self, county):
        fields = json.loads((county / "public.json").read_text())
        assert set(fields) == {
            "format", "realm", "root_public_key", "next_root_public_key", "slots",
        }  # fmt: skip
        assert {frozenset(slot) for slot in fields["slots"]} == {
            frozenset(("number", "name", "public_key", "ranks", "targets", "uses", "seq"))
        }

    def test_the_secret_folders_are_their_owners_alone(self, county):
        for folder in (county, county / "gateway", county / "signing"):
            assert folder.stat().st_mode & 0o077 == 0
        for file in county.glob("*/*"):
            assert file.stat().st_mode & 0o077 == 0

    def test_no_key_lies_open_on_the_disk(self, county):
        bare = [store.load_master(county, GATEWAY)]
        bare += [private_key(county, name) for name in ("root", "next", "live", "drill")]
        written = b"".join(file.read_bytes() for file in county.rglob("*") if file.is_file())
        for key in bare:
            assert key not in written
            assert key.hex().encode() not in written

    def test_the_gateways_passphrase_opens_no_signing_key(self, county):
        for name in ("live", "drill"):
            with pytest.raises(WrongPassphrase) as caught:
                store.load_signing(county, name, GATEWAY)
            assert caught.value.exit_code == REFUSED
        with pytest.raises(WrongPassphrase):
            store.load_master(county, SIGNING)

    def test_a_folder_in_use_is_left_alone(self, county, tmp_path):
        before = (county / "public.json").read_bytes()
        with pytest.raises(Problem) as caught:
            small_county.make(county)
        assert caught.value.exit_code == USAGE
        assert (county / "public.json").read_bytes() == before

    def test_an_empty_folder_will_do(self, tmp_path):
        (tmp_path / "empty").mkdir()
        small_county.make(tmp_path / "empty")

    def test_cut_short_it_leaves_no_county_and_can_be_asked_again(self, tmp_path, monkeypatch):
        with monkeypatch.context() as patched:
            patched.setattr(files, "write_json", crash)
            with pytest.raises(Crash):
                small_county.make(tmp_path / "county")
        assert list(tmp_path.iterdir()) == []
        small_county.make(tmp_path / "county")

    @pytest.mark.parametrize(
        ("gateway", "signing"),
        [("short", "long enough"), ("long enough", "short"), ("the same one", "the same one")],
    )
    def test_passphrases_are_long_and_two(self, tmp_path, gateway, signing):
        with pytest.raises(Problem) as caught:
            store.init(tmp_path / "county", gateway, signing)
        assert caught.value.exit_code == USAGE
        assert not (tmp_path / "county").exists()

    def test_no_county_is_said_in_a_sentence(self, tmp_path):
        with pytest.raises(Problem) as caught:
            store.load_public(tmp_path)
        assert caught.value.exit_code == NOT_FOUND
        assert "holds no county" in str(caught.value)

    def test_every_damaged_public_json_is_a_problem(self, county):
        path = county / "public.json"
        whole = path.read_text()
        fields = json.loads(whole)
        for damaged in (
            whole[:-20],
            "[]",
            "{}",
            "[" * 10_000,
            json.dumps({**fields, "format": 1}),
            json.dumps({**fields, "realm": "00" * 8}),
            json.dumps({**fields, "root_public_key": "zz"}),
            json.dumps({**fields, "slots": [{}]}),
            json.dumps({**fields, "slots": 5}),
            json.dumps({**fields, "slots": fields["slots"] * 5}),
        ):
            path.write_text(damaged)
            with pytest.raises(Problem) as caught:
                store.load_public(county)
            assert caught.value.exit_code == MISMATCH

    def test_one_key_in_the_place_of_another_is_refused(self, county):
        signing = county / "signing"
        (signing / "live.key").write_bytes((signing / "drill.key").read_bytes())
        with pytest.raises(Problem):
            store.load_signing(county, "live", SIGNING)

    def test_a_key_that_is_not_the_public_one_is_refused(self, county, tmp_path):
        small_county.make(tmp_path / "other")
        other = tmp_path / "other" / "signing" / "live.key"
        (county / "signing" / "live.key").write_bytes(other.read_bytes())
        with pytest.raises(Problem) as caught:
            store.load_signing(county, "live", SIGNING)
        assert caught.value.exit_code == MISMATCH

    def test_an_unknown_key_is_not_found(self, county):
        with pytest.raises(Problem) as caught:
            store.load_signing(county, "root", SIGNING)
        assert caught.value.exit_code == NOT_FOUND

    def test_what_a_signer_signs_verifies_with_the_public_key(self, county):
        signer = small_county.signer(county)
        signature = signer.sign(b"message")
        assert crypto.verify(signer.slot.public_key, b"message", signature)
        assert not crypto.verify(signer.slot.public_key, b"massage", signature)

    def test_a_signer_does_not_print_its_key(self, county):
        assert private_key(county, "live").hex() not in repr(
            vars(small_county.signer(county).slot)
        )
        assert "private" not in repr(small_county.signer(county))


class TestEncryptedFile:
    @pytest.fixture
    def path(self, tmp_path):
        encrypted_file.write(tmp_path / "key", "a/key", SECRET, SIGNING, small_county.CHEAP)
        return tmp_path / "key"

    def test_it_opens_with_its_passphrase(self, path):
        assert encrypted_file.read(path, "a/key", SIGNING) == SECRET

    def test_it_opens_with_no_other(self, path):
        for other in ("", SIGNING + " ", SIGNING.upper()):
            with pytest.raises(WrongPassphrase) as caught:
                encrypted_file.read(path, "a/key", other)
            assert str(caught.value).startswith("the passphrase does not open ")

    def test_it_is_not_taken_for_another_key(self, path):
        with pytest.raises(Problem):
            encrypted_file.read(path, "another/key", SIGNING)
        fields = json.loads(path.read_text())
        path.write_text(json.dumps({**fields, "what": "another/key"}))
        with pytest.raises(WrongPassphrase):
            encrypted_file.read(path, "another/key", SIGNING)

    def test_every_changed_digit_is_seen(self, path):
        fields = json.loads(path.read_text())
        for name in ("salt", "nonce", "ciphertext"):
            for i in range(0, len(fields[name]), 5):
                digits = list(fields[name])
                digits[i] = "0" if digits[i] != "0" else "1"
                path.write_text(json.dumps({**fields, name: "".join(digits)}))
                with pytest.raises(WrongPassphrase):
                    encrypted_file.read(path, "a/key", SIGNING)

    @pytest.mark.parametrize(
        "change",
        [
            {"n": 1 << 40}, {"n": 3}, {"n": 1}, {"n": "1024"}, {"n": True}, {"r": 9}, {"p": 2},
            {"kdf": "none"}, {"format": 2}, {"salt": "00"}, {"nonce": 5}, {"ciphertext": "zz"},
            {"more": 1},
        ],
    )  # fmt: skip
    def test_parameters_of_strangers_cost_nothing(self, path, change, monkeypatch):
        fields = {**json.loads(path.read_text()), **change}
        path.write_text(json.dumps(fields))
        monkeypatch.setattr(encrypted_file, "Scrypt", crash)
        with pytest.raises(Problem) as caught:
            encrypted_file.read(path, "a/key", SIGNING)
        assert caught.value.exit_code == MISMATCH

    def test_every_truncation_is_seen(self, path):
        whole = path.read_bytes()
        for length in range(0, len(whole) - 2, 7):
            path.write_bytes(whole[:length])
            with pytest.raises(Problem):
                encrypted_file.read(path, "a/key", SIGNING)

    def test_a_file_without_end_is_not_read_to_its_end(self, path):
        path.write_bytes(b" " * (files.MOST_BYTES + 1))
        with pytest.raises(Problem):
            encrypted_file.read(path, "a/key", SIGNING)


class TestCounter:
    @pytest.fixture
    def path(self, tmp_path):
        counter.create(tmp_path / "live.counter")
        return tmp_path / "live.counter"

    def test_numbers_rise_from_one(self, path):
        assert [counter.reserve(path) for _ in range(3)] == [1, 2, 3]

    def test_a_number_is_on_the_disk_before_it_is_used(self, path):
        """The process dies between reserving and using; the number is left out, not used twice."""
        code = (
            "import os, sys; from pathlib import Path; from host_tools.keys import counter\n"
            "print(counter.reserve(Path(sys.argv[1])), flush=True); os._exit(9)"
        )
        seen = []
        for _ in range(2):
            command = [sys.executable, "-c", code, path]
            died = subprocess.run(command, capture_output=True, check=False)
            assert died.returncode == 9
            seen.append(int(died.stdout))
        assert [*seen, counter.reserve(path)] == [1, 2, 3]

    @pytest.mark.parametrize("step", ["fsync", "replace"])
    def test_a_number_that_could_not_be_kept_is_not_given_out(self, path, monkeypatch, step):
        with monkeypatch.context() as patched:
            patched.setattr(os, step, crash)
            with pytest.raises(Crash):
                counter.reserve(path)
        assert counter.reserve(path) == 1

    def test_several_processes_never_get_the_same_number(self, path):
        found = []
        threads = [
            threading.Thread(target=lambda: found.extend(counter.reserve(path) for _ in range(20)))
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(found) == list(range(1, 81))

    def test_a_lost_counter_is_refused(self, path):
        path.unlink()
        with pytest.raises(Problem) as caught:
            counter.reserve(path)
        assert "keys recover live" in str(caught.value)
        assert not path.exists()

    def test_a_torn_counter_is_refused(self, path):
        counter.reserve(path)
        whole = path.read_bytes()
        torn = [whole[:length] for length in range(len(whole))]
        torn += [b"1" + whole[1:], whole.replace(b"2 ", b"02 "), whole * 2, bytes(20)]
        for content in torn:
            path.write_bytes(content)
            with pytest.raises(Problem):
                counter.reserve(path)
            assert path.read_bytes() == content

    def test_a_counter_is_of_its_own_key(self, path, tmp_path):
        (tmp_path / "drill.counter").write_bytes(path.read_bytes())
        with pytest.raises(Problem):
            counter.reserve(tmp_path / "drill.counter")

    def test_the_last_number_is_the_last(self, path):
        counter._write(path, counter.LAST)
        assert counter.reserve(path) == counter.LAST
        with pytest.raises(Problem):
            counter.reserve(path)

    def test_recovered_it_goes_on_far_above_all_that_was_seen(self, path):
        path.unlink()
        assert counter.recover(path, 100) == 100 + 65_536
        assert counter.reserve(path) == 100 + 65_536

    def test_recovering_never_goes_back(self, path):
        counter.recover(path, 500_000)
        assert counter.recover(path, 3) == 500_000 + 65_536

    def test_recovering_at_the_end_is_refused(self, path):
        for highest in (-1, counter.LAST - 65_535):
            with pytest.raises(Problem):
                counter.recover(path, highest)


class TestPassphrases:
    def test_a_file_comes_first_and_loses_its_last_newline(self, tmp_path, monkeypatch):
        (tmp_path / "words").write_text("烽火 words \n")
        monkeypatch.setenv("FENGSUI_SIGNING_PASSPHRASE", "others")
        assert passphrases.obtain(passphrases.SIGNING, tmp_path / "words") == "烽火 words "

    def test_then_the_environment(self, monkeypatch):
        monkeypatch.setenv("FENGSUI_GATEWAY_PASSPHRASE", "words")
        assert passphrases.obtain(passphrases.GATEWAY) == "words"

    def test_nobody_at_the_keyboard_is_a_problem(self, monkeypatch):
        monkeypatch.delenv("FENGSUI_GATEWAY_PASSPHRASE", raising=False)
        with pytest.raises(Problem) as caught:
            passphrases.obtain(passphrases.GATEWAY)
        assert "FENGSUI_GATEWAY_PASSPHRASE" in str(caught.value)

    def test_what_is_chosen_is_typed_twice(self, monkeypatch):
        monkeypatch.delenv("FENGSUI_SIGNING_PASSPHRASE", raising=False)
        monkeypatch.setattr("sys.stdin", Keyboard())
        typed = iter(["one", "two", "same", "same"])
        monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
        with pytest.raises(Problem):
            passphrases.obtain(passphrases.SIGNING, twice=True)
        assert passphrases.obtain(passphrases.SIGNING, twice=True) == "same"


class Crash(BaseException):
    """The power went."""


class Keyboard:
    def isatty(self):
        return True


def crash(*_args, **_kwargs):
    raise Crash


def private_key(county, name):
    return encrypted_file.read(county / "signing" / f"{name}.key", f"signing/{name}", SIGNING)
