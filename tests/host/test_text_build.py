"""How a table comes about: the best codes and cuts, the same bytes each time, clear complaints."""

import heapq
import json
import struct
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from host_tools import cli
from host_tools.problems import MISMATCH, NOT_FOUND, UNREACHABLE, USAGE, Problem
from host_tools.setup.steps import SetupFailed
from host_tools.text import build, dawg, languages, sources, tables
from host_tools.text.encode import Coder, Encoder, common
from host_tools.text.huffman import code_lengths
from host_tools.text.kazakh import in_arabic_letters
from host_tools.text.parse import cut
from protocol import text as wire

FEW_WORDS = "".join(
    f"{chr(0x4E00 + n)}{chr(0x4E00 + n * 7 % 300)} {60 + n} n\n" for n in range(300)
)
BUILD_TWICE = """
import sys
from pathlib import Path
from host_tools.text import build, languages
words = languages.CHINESE.words(Path(sys.argv[1]))
made = build.built(languages.CHINESE, words, ["乡亲们"], 5, 3000)
sys.stdout.buffer.write(made)
"""

# 17 symbols cannot need a code of more than 16 bits.
counts = st.dictionaries(
    st.text("abcdefghijkl", min_size=1), st.integers(1, 10**6), min_size=2, max_size=17
)
costs = st.dictionaries(st.text("ab洪", min_size=1, max_size=4), st.integers(1, 50))


@pytest.fixture
def few_words(tmp_path, monkeypatch):
    """A folder of sources with 300 Chinese words, in the place of the fetched ones."""
    (tmp_path / "sources/jieba").mkdir(parents=True)
    (tmp_path / "sources/jieba/dict.txt").write_text(FEW_WORDS, encoding="utf-8")
    monkeypatch.setattr(sources, "make_ready", lambda: tmp_path / "sources")
    monkeypatch.setenv("NO_COLOR", "1")
    return tmp_path / "sources"


@pytest.fixture
def table(few_words):
    words = languages.CHINESE.words(few_words)
    return wire.Table(build.built(languages.CHINESE, words, ["乡亲们请注意"], 5, 3000))


class TestCodes:
    @given(counts)
    def test_codes_are_as_short_as_huffmans(self, counted):
        lengths = code_lengths(counted)
        assert sum(counted[one] * bits for one, bits in lengths.items()) == huffman_cost(counted)

    def test_no_code_is_longer_than_16_bits_and_none_is_lost(self):
        lengths = code_lengths({chr(0x4E00 + n): 2 ** min(n, 40) for n in range(3000)})
        assert max(lengths.values()) == 16
        assert sum(2 ** (16 - bits) for bits in lengths.values()) == 2**16

    @given(st.text("ab洪", max_size=9), costs)
    def test_no_other_cut_costs_less(self, text, known):
        pieces = cut(text, known, 4, unknown=60)
        assert "".join(pieces) == text
        assert sum(known.get(piece, 60) for piece in pieces) == least_cost(text, known)


class TestSending:
    def test_one_target_without_the_table_makes_it_utf_8_for_all(self, table):
        encoder = Encoder([table])
        for reports, first in (
            ([b"\x15\x20", b"\x20\x15"], 0x15),
            ([b"\x15\x20", b"\x20"], 0),
            ([b"\x15", b"\x14"], 0),
            ([b"\x15", b""], 0),
            ([], 0),
        ):
            assert encoder.encode("乡亲们请注意", common(reports))[0] == first


class TestTheSameBytes:
    def test_another_process_builds_the_same_table(self, few_words, table):
        made = [built_with(few_words, hash_seed) for hash_seed in ("1", "2")]
        assert made[0] == made[1]
        assert wire.Table(made[0]).first_byte == 0x15

    def test_the_order_of_words_and_phrases_does_not_matter(self, few_words):
        words = dict(languages.CHINESE.words(few_words))
        turned = dict(reversed(words.items()))
        one = build.built(languages.CHINESE, words, ["乡亲们", "请注意"], 5, 3000)
        assert one == build.built(languages.CHINESE, turned, ["请注意", "乡亲们"], 5, 3000)

    def test_a_county_s_phrases_become_symbols(self, table):
        assert Coder(table).symbols("乡亲们请注意") == ["乡亲们请注意"]


class TestSources:
    @pytest.mark.parametrize(
        ("cyrillic", "arabic"),
        [
            ("су тасқыны", "سۋ تاسقىنى"),
            ("жер", "جەر"),
            ("үй", "ٴۇي"),
            ("өрт", "ٴورت"),
            ("көпір", "كوپىر"),
            ("ауыл", "اۋىل"),
            ("Тұрғындар, 12!", "تۇرعىندار، 12!"),
        ],
    )
    def test_kazakh_is_written_over_as_it_is_spelled(self, cyrillic, arabic):
        assert in_arabic_letters(cyrillic) == arabic

    def test_the_words_of_a_tesseract_file_are_read(self):
        assert sorted(dawg.words(small_dawg())) == ["ab", "b", "ba"]

    @pytest.mark.parametrize("data", [b"", b"\0" * 30, b"\xff" * 300, b"\x18\0\0\0" + bytes(400)])
    def test_what_is_no_tesseract_file_is_told(self, data):
        with pytest.raises(dawg.NotTesseract):
            list(dawg.words(data))

    def test_what_cannot_be_fetched_is_one_sentence(self, monkeypatch, tmp_path):
        def unreachable(*_, **__):
            raise SetupFailed("there is no network.")

        monkeypatch.setattr(sources, "FOLDER", tmp_path)
        monkeypatch.setattr(sources, "_STAMP", tmp_path / "stamp")
        monkeypatch.setattr(sources, "run", unreachable)
        with pytest.raises(Problem, match="could not be fetched: there is no network") as caught:
            sources.make_ready()
        assert caught.value.exit_code == UNREACHABLE

    def test_another_version_of_a_package_is_refused(self, monkeypatch, tmp_path):
        other = tmp_path / "tesseract-ocr-kaz_2_all.deb"
        other.write_bytes(b"newer")
        monkeypatch.setattr(sources, "FOLDER", tmp_path)
        monkeypatch.setattr(sources, "_STAMP", tmp_path / "stamp")
        monkeypatch.setattr(sources.shutil, "rmtree", lambda *_, **__: None)
        monkeypatch.setattr(sources, "run", lambda *_, **__: "")
        monkeypatch.setattr(sources.private_apt, "fetch_alone", lambda *_: [other])
        with pytest.raises(Problem, match="not the version that is pinned"):
            sources.make_ready()


class TestBuildCommand:
    def test_it_writes_a_table_and_tells_its_size(self, few_words, tmp_path, capsys):
        phrases = tmp_path / "ours.txt"
        phrases.write_text("# ours\n东沟村\n", encoding="utf-8")
        made = tmp_path / "made"
        options = ("--generation", 3, "--phrases", phrases, "--budget", 3000, "--json")
        code = run("build", "zh", *options, "--out", made)
        told = json.loads(capsys.readouterr().out)
        file = made / "zh.table"
        assert (code, told["file"], told["phrases"]) == (0, str(file), 1)
        assert told["bytes"] == file.stat().st_size <= 3000
        assert tables.read(file).first_byte == 0x13

    @pytest.mark.parametrize(
        ("phrases", "words", "exit_code"),
        [
            ("", "has no phrases", MISMATCH),
            ("# only a comment\n", "has no phrases", MISMATCH),
            ("好\n" + "长" * 101, "line 2 is too long", MISMATCH),
            ("好\n\n🚨", "line 3 has a character no table can hold", MISMATCH),
            (b"\xff\xfe", "is not UTF-8", MISMATCH),
            (b"a\n" * (1 << 20), "is too large", MISMATCH),
            (None, "there is no", NOT_FOUND),
        ],
    )
    def test_a_bad_phrase_file_is_one_sentence(
        self, phrases, words, exit_code, few_words, tmp_path, capsys
    ):
        file = tmp_path / "ours.txt"
        if phrases is not None:
            file.write_bytes(phrases if isinstance(phrases, bytes) else phrases.encode())
        code = run("build", "zh", "--generation", 3, "--phrases", file, "--out", tmp_path)
        told = capsys.readouterr().err
        assert code == exit_code
        assert words in told.splitlines()[-1]

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (("zh", "--generation", 16), "there is no generation 16"),
            (("zh", "--generation", -1), "there is no generation -1"),
            (("zh", "--generation", 1, "--budget", 40_001), "cannot have 40,001 bytes"),
            (("zh", "--generation", 1, "--budget", 10), "cannot have 10 bytes"),
            (("tibetan", "--generation", 1), "no language tibetan"),
        ],
    )
    def test_a_number_that_cannot_be_is_one_sentence(
        self, options, words, few_words, tmp_path, capsys
    ):
        assert run("build", *options, "--out", tmp_path) in {MISMATCH, NOT_FOUND}
        assert words in capsys.readouterr().err

    def test_a_generation_must_be_named(self, tmp_path, capsys):
        assert run("build", "zh", "--out", tmp_path) == USAGE
        assert "generation" in capsys.readouterr().err


class TestMeasureCommand:
    @pytest.fixture
    def own(self, table, tmp_path):
        """The options for a county's own small table."""
        file = tmp_path / "zh.table"
        file.write_bytes(bytes(table._data))
        return ("--lang", "zh", "--table", file)

    def test_it_tells_characters_bytes_and_bits(self, own, tmp_path, capsys):
        file = tmp_path / "texts.txt"
        file.write_bytes("乡亲们请注意\r\n\n🚨\n".encode())
        assert run("measure", file, *own, "--json") == 0
        told = json.loads(capsys.readouterr().out)
        lines = told.pop("lines")
        assert told["texts"] == 2
        assert told["characters"] == 7
        assert told["bytes"] == sum(line["bytes"] for line in lines)
        assert told["bits_per_character"] == round(8 * told["bytes"] / 7, 2)
        assert [line["form"] for line in lines] == ["zh", "UTF-8"]
        assert lines[1] == {
            "characters": 1,
            "bytes": 5,
            "bits_per_character": 40.0,
            "utf_8_bytes": 5,
            "form": "UTF-8",
            "fits": True,
            "text": "🚨",
        }

    def test_people_get_a_table_and_a_sentence(self, own, tmp_path, capsys):
        file = tmp_path / "texts.txt"
        file.write_text("乡亲们请注意\n" + "长" * 300, encoding="utf-8")
        assert run("measure", file, *own) == 0
        shown = capsys.readouterr()
        assert "bits a character" in shown.out
        assert "乡亲们请注意" in shown.out
        assert "306 characters in" in shown.err

    @pytest.mark.parametrize(
        ("content", "words", "exit_code"),
        [
            (b"\n\n", "has no texts", MISMATCH),
            (b"\xff", "is not UTF-8", MISMATCH),
            (b"a\n" + b"b" * 1001, "line 2 has 1,001 characters", MISMATCH),
            (b"a\n" * (1 << 20), "is too large", MISMATCH),
            (None, "there is no", NOT_FOUND),
        ],
    )
    def test_a_file_of_no_texts_is_one_sentence(
        self, content, words, exit_code, own, tmp_path, capsys
    ):
        file = tmp_path / "texts.txt"
        if content is not None:
            file.write_bytes(content)
        assert run("measure", file, *own) == exit_code
        assert words in capsys.readouterr().err

    def test_a_table_must_be_whole_and_of_the_language(self, own, tmp_path, capsys):
        texts, damaged = tmp_path / "texts.txt", tmp_path / "damaged"
        texts.write_text("好\n")
        damaged.write_bytes(own[3].read_bytes()[:-1] + b"\xff")
        assert run("measure", texts, "--lang", "zh", "--table", damaged) == MISMATCH
        assert "a damaged text table" in capsys.readouterr().err
        assert run("measure", texts, "--lang", "ug", "--table", own[3]) == MISMATCH
        assert "not a table for ug" in capsys.readouterr().err


def run(*words):
    return cli.code_of(["text", *map(str, words)])


def built_with(folder, hash_seed):
    done = subprocess.run(
        [sys.executable, "-c", BUILD_TWICE, str(folder)],
        env={"PYTHONHASHSEED": hash_seed},
        cwd=tables.ROOT,
        capture_output=True,
        check=True,
    )
    return done.stdout


def huffman_cost(counted):
    heap = list(counted.values())
    heapq.heapify(heap)
    cost = 0
    while len(heap) > 1:
        joined = heapq.heappop(heap) + heapq.heappop(heap)
        cost += joined
        heapq.heappush(heap, joined)
    return cost


def least_cost(text, known):
    """Try every way to cut a short text."""
    if not text:
        return 0
    ways = [known.get(text[:1], 60) + least_cost(text[1:], known)]
    for end in range(2, len(text) + 1):
        if text[:end] in known:
            ways.append(known[text[:end]] + least_cost(text[end:], known))
    return min(ways)


def small_dawg():
    """Return a language file with the words ab, b and ba; letters are a (1) and b (2) of 3."""
    letters = b"3\nNULL 0\na 1\nb 1\n"
    edges = ((1, 0, 2), (2, 1 | 4, 3), (2, 1 | 4, 0), (1, 1 | 4, 0))
    packed = [letter | flags << 2 | following << 5 for letter, flags, following in edges]
    graph = struct.pack("<hii4Q", 42, 3, 4, *packed)
    offsets = [-1] * 24
    offsets[19] = 4 + 8 * 24
    offsets[21] = offsets[19] + len(graph)
    return struct.pack("<i24q", 24, *offsets) + graph + letters
