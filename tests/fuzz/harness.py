"""What atheris calls with ever new bytes: runs in an environment of its own (.tools/fuzz).

Whatever is raised ends the search with these bytes.  Arguments are libFuzzer's.
"""

import sys

import atheris

with atheris.instrument_imports(include=["protocol", "firmware"]):
    from tests.shared.bare_judge import bare_judge, told_of

JUDGE = bare_judge()


def judged(story):
    told_of(JUDGE, story)


atheris.Setup(sys.argv, judged)
atheris.Fuzz()
