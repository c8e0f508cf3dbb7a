"""Makes `.venv`: the pinned Python packages, and this project itself as an editable package."""

import json
import shutil
import sys
import tomllib

from host_tools.setup.steps import ROOT, fingerprint, is_stamped, run, say

VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"


def pip_of(environment):
    """Return the command that is an environment's pip."""
    return (environment / "bin/python", "-m", "pip", "--quiet", "--disable-pip-version-check")


PIP = pip_of(VENV)


def make_ready():
    """Install what changed since the last time; a copy that was moved is made anew."""
    make_environment(VENV, LOCK)
    _install_project()


def make_environment(folder, lock):
    """Make an environment with exactly the packages of a lock, unless it is there already."""
    stamp = folder / "packages.stamp"
    mark = fingerprint(lock, str(ROOT), sys.version)
    if is_stamped(stamp, mark):
        return
    say(f"installing the Python packages of {lock.name} into {folder.relative_to(ROOT)}")
    hint = "please install Python's venv module (Debian: python3-venv)"
    run(sys.executable, "-m", "venv", "--clear", folder, hint=hint)
    hint = "the Python packages could not be installed; is a package index within reach?"
    run(*pip_of(folder), "install", "--require-hashes", "--requirement", lock, hint=hint)
    stamp.write_text(mark)


def install_into(folder, lock, what):
    """Put the packages of a lock into a folder that is no environment: for a search path."""
    stamp = folder.with_suffix(".stamp")
    mark = fingerprint(lock, sys.version)
    if is_stamped(stamp, mark) and folder.is_dir():
        return
    say(f"installing {what} ({lock.name}) into .tools")
    shutil.rmtree(folder, ignore_errors=True)
    options = ("--no-deps", "--no-build-isolation", "--target", folder)
    hashed = ("--require-hashes", "--requirement", lock)
    run(*PIP, "install", *options, *hashed, hint=f"{what} could not be installed")
    stamp.write_text(mark)


def _install_project():
    stamp = VENV / "project.stamp"
    described = tomllib.loads((ROOT / "pyproject.toml").read_text())
    parts = (described["project"], described["build-system"], described["tool"]["setuptools"])
    mark = fingerprint(*(json.dumps(part, sort_keys=True) for part in parts))
    if is_stamped(stamp, mark):
        return
    say("installing the fengsui command into .venv")
    options = ("--no-deps", "--no-build-isolation", "--no-index")
    hint = "the fengsui command could not be installed"
    run(*PIP, "install", *options, "--editable", ROOT, hint=hint)
    stamp.write_text(mark)
