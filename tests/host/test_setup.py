"""Where a fresh machine's MicroPython comes from, decided from its own apt sources."""

import pytest

from host_tools.setup import apt_sources, micropython, private_apt
from host_tools.setup.steps import SetupFailed, fingerprint, is_stamped, run

ONE_LINE = """
# deb http://commented.example/debian bookworm main
deb-src http://source.example/debian bookworm main
deb [arch=arm64 signed-by=/keys/debian.gpg] http://archive.example/debian/ bookworm main # x
deb http://archive.example/debian-security bookworm-security main
deb http://broken.example
"""

DEB822 = """\
# The first paragraph is switched off.
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
Enabled: no

Types: deb deb-src
# A comment in the middle.
URIs: mirror+file:///etc/apt/list-of-places
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
URIs: http://elsewhere.example/tool
Suites: bookworm-tool
Components: main
"""

UBUNTU = "deb http://archive.example/ubuntu noble main universe\n"


def test_a_one_line_entry_keeps_its_place_and_its_key():
    (found,) = apt_sources.debian_archives(apt_sources.read_one_line_style(ONE_LINE))
    assert apt_sources.for_suite(found, "trixie") == (
        "Types: deb\n"
        "URIs: http://archive.example/debian/\n"
        "Suites: trixie\n"
        "Components: main\n"
        "Signed-By: /keys/debian.gpg\n"
    )


def test_a_paragraph_keeps_its_list_of_places_and_the_key_written_into_it():
    (found,) = apt_sources.debian_archives(apt_sources.read_deb822_style(DEB822))
    assert apt_sources.for_suite(found, "trixie") == (
        "Types: deb\n"
        "URIs: mirror+file:///etc/apt/list-of-places\n"
        "Suites: trixie\n"
        "Components: main\n"
        "Signed-By: \n"
        " -----BEGIN PGP PUBLIC KEY BLOCK-----\n"
        " .\n"
        " mQINBF\n"
        " -----END PGP PUBLIC KEY BLOCK-----\n"
    )


def test_another_distribution_is_not_taken_for_debian():
    assert not apt_sources.debian_archives(apt_sources.read_one_line_style(UBUNTU))


def test_sources_are_read_in_the_order_in_which_apt_reads_them(tmp_path):
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (parts / "b.list").write_text(UBUNTU)
    (parts / "a.sources").write_text(DEB822)
    (parts / "c.list.bak").write_text(ONE_LINE)
    found = [source.uris[0] for source in private_apt.machine_sources(tmp_path)]
    assert found == [
        "mirror+file:///etc/apt/list-of-places",
        "http://elsewhere.example/tool",
        "http://archive.example/ubuntu",
    ]


def test_a_machine_without_debian_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setattr(private_apt, "machine_sources", list)
    with pytest.raises(SetupFailed, match="do not name Debian's archive"):
        private_apt.fetch("micropython", "trixie", tmp_path)


def test_the_next_place_is_asked_when_one_has_no_micropython(tmp_path, monkeypatch):
    asked = []

    def fetch_from(sources_text, _package, _folder):
        asked.append(sources_text.split()[3])
        if "archive.example" not in sources_text:
            raise SetupFailed("not here")
        return ["micropython.deb"]

    sources = apt_sources.read_deb822_style(DEB822) + apt_sources.read_one_line_style(ONE_LINE)
    monkeypatch.setattr(private_apt, "machine_sources", lambda: sources)
    monkeypatch.setattr(private_apt, "_fetch_from", fetch_from)
    assert private_apt.fetch("micropython", "trixie", tmp_path) == ["micropython.deb"]
    assert asked == ["mirror+file:///etc/apt/list-of-places", "http://archive.example/debian/"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("1 25", True), ("1 26", True), ("2 0", True), ("1 24", False), ("1 9", False)],
)
def test_an_installed_micropython_must_be_new_enough(tmp_path, answer, expected):
    program = tmp_path / "micropython"
    program.write_text(f"#!/bin/sh\necho {answer}\n")
    program.chmod(0o755)
    assert micropython.good_enough(program) is expected


def test_a_micropython_without_its_modules_is_not_good_enough(tmp_path):
    program = tmp_path / "micropython"
    program.write_text("#!/bin/sh\necho \"ImportError: no module named 'ffi'\" >&2; exit 1\n")
    program.chmod(0o755)
    assert not micropython.good_enough(program)
    assert not micropython.good_enough(tmp_path / "missing")


def test_the_started_process_is_the_interpreter_and_the_copy_may_move(tmp_path):
    """The wrapper finds its loader beside itself and becomes it: the process id stays."""
    old, new = tmp_path / "old place", tmp_path / "new place"
    (old / "bin").mkdir(parents=True)
    loader = old / "micropython/lib/loader"
    loader.parent.mkdir(parents=True)
    loader.write_text('#!/bin/sh\necho "$$ $*"\n')
    script = old / "bin/micropython"
    script.write_text(micropython.wrapper("lib/loader"))
    for path in (loader, script):
        path.chmod(0o755)
    old.rename(new)

    moved = new / "bin/micropython"
    said = run("sh", "-c", 'echo $$; exec "$0" box.py', moved, hint="the wrapper failed")
    shell_id, answer = said.splitlines()
    loader_id, *arguments = answer.split(" ")
    assert loader_id == shell_id
    assert " ".join(arguments) == (
        f"--library-path {new}/bin/../micropython/lib {new}/bin/../micropython/usr/bin/micropython"
        " box.py"
    )


def test_a_failed_program_becomes_one_sentence():
    with pytest.raises(SetupFailed, match=r"please install x \(sh said: no room\)\."):
        run("sh", "-c", "echo no room >&2; exit 3", hint="please install x")
    with pytest.raises(SetupFailed, match=r"please install y \(no-such-program: No such file"):
        run("no-such-program", hint="please install y")


def test_a_step_is_done_again_only_when_what_it_was_made_from_has_changed(tmp_path):
    lock, stamp = tmp_path / "lock", tmp_path / "stamp"
    lock.write_text("pinned==1")
    assert not is_stamped(stamp, fingerprint(lock, "here"))
    stamp.write_text(fingerprint(lock, "here"))
    assert is_stamped(stamp, fingerprint(lock, "here"))
    assert not is_stamped(stamp, fingerprint(lock, "elsewhere"))
    lock.write_text("pinned==2")
    assert not is_stamped(stamp, fingerprint(lock, "here"))


def test_packages_can_be_had_without_what_they_need(tmp_path, monkeypatch):
    said = []

    def run(*command, **_):
        said.append(" ".join(map(str, command)))
        return "amd64"

    (found,) = apt_sources.debian_archives(apt_sources.read_one_line_style(ONE_LINE))
    monkeypatch.setattr(private_apt, "machine_sources", lambda: [found])
    monkeypatch.setattr(private_apt, "run", run)
    assert private_apt.fetch_alone(("one", "other"), "trixie", tmp_path / "apt") == []
    assert said[-2:] == ["apt-get -q update", "apt-get -q download one other"]


def test_sources_come_from_the_same_place_as_packages(tmp_path, monkeypatch):
    """What apt is asked for: original tarballs by name, and packages without their needs."""
    said = []

    def run(*command, **how):
        said.append((command, how))
        return "amd64"

    (found,) = apt_sources.debian_archives(apt_sources.read_one_line_style(ONE_LINE))
    monkeypatch.setattr(private_apt, "machine_sources", lambda: [found])
    monkeypatch.setattr(private_apt, "run", run)
    private_apt.fetch_sources(("micropython",), ("pico-sdk-source",), "trixie", tmp_path / "apt")

    asked = [" ".join(command) for command, _ in said if command[0] == "apt-get"]
    assert asked == [
        "apt-get -q update",
        "apt-get -q --download-only --only-source --tar-only source micropython",
        "apt-get -q download pico-sdk-source",
    ]
    assert [how.get("folder") for _, how in said][-2:] == [tmp_path / "apt/files"] * 2
    written = (tmp_path / "apt/sources/debian.sources").read_text()
    assert written.startswith("Types: deb deb-src\nURIs: http://archive.example/debian/\n")
    assert "Suites: trixie\n" in written
