"""`make lock`: pin the newest Python packages that satisfy the requirements, with hashes."""

import os
import sys

from host_tools.setup.steps import ROOT, TOOLS, run, say

OPTIONS = (
    *("--quiet", "--upgrade", "--generate-hashes", "--allow-unsafe", "--strip-extras"),
    *("--no-emit-index-url", "--no-emit-find-links"),  # no registry is named in the repository
)


def main():
    locker = TOOLS / "lock-environment"
    run(sys.executable, "-m", "venv", locker, hint="please install python3-venv")
    run(locker / "bin/pip", "install", "--quiet", "pip-tools", hint="pip-tools is not to be had")
    for path in sorted(ROOT.glob("requirements*.in")):
        say(f"pinning {path.name}")
        _pin(locker / "bin/pip-compile", path)


def _pin(pip_compile, path):
    environment = {**os.environ, "CUSTOM_COMPILE_COMMAND": "make lock"}
    output = path.with_suffix(".lock").name
    asked = (*OPTIONS, "--output-file", output, path.name)
    run(pip_compile, *asked, hint=f"{path.name} could not be pinned", env=environment, folder=ROOT)


if __name__ == "__main__":
    main()
