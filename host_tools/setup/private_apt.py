"""A private apt: the machine's own mirror, keys and proxy, but its lists and files in .tools."""

import os
import shutil
from pathlib import Path

from host_tools.setup import apt_sources
from host_tools.setup.steps import SetupFailed, run

ETC_APT = Path("/etc/apt")
HINT = "Debian's package tools did not answer as expected"


def fetch(package, suite, folder):
    """Download a package of a Debian suite with all it needs; return the .deb files.

    Tries each of the machine's sources that looks like Debian's archive.  Raises SetupFailed
    when there is none, or none has the package.
    """
    return _from_any_source("deb", suite, _fetch_from, package, folder)


def fetch_sources(sources, packages, suite, folder):
    """Download what the authors of some source packages released, and packages alone.

    That is each one's original tarball without Debian's changes, and each .deb without what it
    needs.  Returns the files; raises SetupFailed as fetch does.
    """
    return _from_any_source("deb deb-src", suite, _fetch_sources_from, sources, packages, folder)


def fetch_alone(packages, suite, folder):
    """Download packages without what they need; return the files.  Raises as fetch does."""
    return _from_any_source("deb", suite, _fetch_alone_from, packages, folder)


def _from_any_source(types, suite, fetch_from, *wanted):
    reason = "this machine's apt sources do not name Debian's archive."
    for source in apt_sources.debian_archives(machine_sources()):
        try:
            return fetch_from(apt_sources.for_suite(source, suite, types), *wanted)
        except SetupFailed as why:
            reason = str(why)
    raise SetupFailed(reason)


def machine_sources(etc_apt=ETC_APT):
    """Return the machine's apt sources in the order in which apt reads them."""
    found = []
    for path in [etc_apt / "sources.list", *sorted((etc_apt / "sources.list.d").glob("*"))]:
        if path.suffix == ".list" and path.is_file():
            found += apt_sources.read_one_line_style(path.read_text(errors="replace"))
        elif path.suffix == ".sources" and path.is_file():
            found += apt_sources.read_deb822_style(path.read_text(errors="replace"))
    return found


def _fetch_from(sources_text, package, folder):
    environment = _updated(sources_text, folder)
    # dpkg's list of installed packages is empty here, so apt fetches every library too.
    asked = ("--yes", "--download-only", "--no-install-recommends", "install", package)
    run("apt-get", "-q", *asked, hint=HINT, env=environment)
    return sorted((folder / "cache" / "archives").glob("*.deb"))


def _fetch_sources_from(sources_text, sources, packages, folder):
    environment = _updated(sources_text, folder)
    files = folder / "files"
    files.mkdir()
    asked = ("--download-only", "--only-source", "--tar-only", "source", *sources)
    run("apt-get", "-q", *asked, hint=HINT, env=environment, folder=files)
    run("apt-get", "-q", "download", *packages, hint=HINT, env=environment, folder=files)
    return sorted(files.iterdir())


def _fetch_alone_from(sources_text, packages, folder):
    environment = _updated(sources_text, folder)
    files = folder / "files"
    files.mkdir()
    run("apt-get", "-q", "download", *packages, hint=HINT, env=environment, folder=files)
    return sorted(files.iterdir())


def _updated(sources_text, folder):
    """Read the lists of packages into an empty folder; return the environment to ask them in."""
    shutil.rmtree(folder, ignore_errors=True)
    environment = {**os.environ, "APT_CONFIG": str(_configure(folder, sources_text))}
    run("apt-get", "-q", "update", hint=HINT, env=environment)
    return environment


def _configure(folder, sources_text):
    """Write the configuration and its empty state; return the file for APT_CONFIG."""
    for needed in ("sources", "preferences", "parts", "state/lists/partial"):
        (folder / needed).mkdir(parents=True)
    (folder / "cache/archives/partial").mkdir(parents=True)
    (folder / "sources/debian.sources").write_text(sources_text)
    (folder / "status").touch()
    path = folder / "apt.conf"
    path.write_text(_reach_of_the_machine() + _places(folder))
    return path


def _reach_of_the_machine():
    """The machine's own proxies, timeouts and certificates; none of its hooks."""
    dump = run("apt-config", "dump", "Acquire", hint=HINT)
    return "".join(line + "\n" for line in dump.splitlines() if line.startswith("Acquire::"))


def _places(folder):
    architecture = run("dpkg", "--print-architecture", hint=HINT).strip()
    settings = {
        "Dir::State": folder / "state",
        "Dir::State::status": folder / "status",
        "Dir::Cache": folder / "cache",
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": folder / "sources",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": folder / "preferences",
        "Dir::Etc::main": "/dev/null",
        "Dir::Etc::parts": folder / "parts",
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",
    }
    return "".join(f'{name} "{value}";\n' for name, value in settings.items())
