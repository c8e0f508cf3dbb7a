"""Makes `.venv`: the pinned Python packages, and this project itself as an editable package."""

import json
import sys
import tomllib

from host_tools.setup.steps import ROOT, fingerprint, is_stamped, run, say

VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
PIP = (VENV / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check")


def make_ready():
    """Install what changed since the last time; a copy that was moved is made anew."""
    _install_packages()
    _install_project()


def _install_packages():
    stamp = VENV / "packages.stamp"
    mark = fingerprint(LOCK, str(ROOT), sys.version)
    if is_stamped(stamp, mark):
        return
    say("installing the Python packages of requirements.lock into .venv")
    hint = "please install Python's venv module (Debian: python3-venv)"
    run(sys.executable, "-m", "venv", "--clear", VENV, hint=hint)
    hint = "the Python packages could not be installed; is a package index within reach?"
    run(*PIP, "install", "--require-hashes", "--requirement", LOCK, hint=hint)
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
