"""Run tests/shared on the interpreter this file is started with; exit 1 unless all passed."""

import gc
import os
import sys
import unittest

FOLDER = "tests/shared"
SMALL_HEAP = 1024 * 1024
# Each import within another takes stack: what lies deepest comes first.
DEEPEST = ("protocol.messages", "protocol.reassembly")
COLLECT_BYTES = 8 * 1024  # often, as on a Box: or a small heap falls to pieces


def main(names):
    """Run the named modules (all of them when none is named); return the exit status."""
    if hasattr(gc, "mem_free") and gc.mem_free() < SMALL_HEAP:
        gc.threshold(COLLECT_BYTES)
    ran = failed = 0
    for name in names or found():
        result = run_module(FOLDER.replace("/", ".") + "." + name)
        ran += result[0]
        failed += result[1]
    print("%d passed, %d failed" % (ran - failed, failed))
    return 1 if failed or not ran else 0


def found():
    files = sorted(os.listdir(FOLDER))
    return [name[:-3] for name in files if name.startswith("test_") and name.endswith(".py")]


def run_module(name):
    """Return (tests run, tests failed), without those that were skipped.

    A module that cannot be imported is one that failed.
    """
    try:
        _import_deep()
        module = __import__(name, None, None, ("*",))
    except Exception as why:
        print("FAIL", name)
        sys.print_exception(why, sys.stdout)
        return 1, 1
    result = unittest.main(module)
    return result.testsRun - len(result.skipped), len(result.failures)


def _import_deep():
    for name in DEEPEST:
        try:
            __import__(name)
        except ImportError:
            pass  # the test that needs it will say so


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
