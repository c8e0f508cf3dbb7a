"""Our unittest for MicroPython, and the runner of tests/shared, turn red when they must."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MICROPYTHON = ROOT / ".tools/bin/micropython"

GOOD = """
class TestVillage(unittest.TestCase):
    def setUp(self):
        self.lamps = ["calling"]

    def tearDown(self):
        self.lamps.clear()

    def test_a_claim_holds(self):
        self.assertEqual(self.lamps, ["calling"])
        self.assertNotEqual(self.lamps, [])
        self.assertIn("calling", self.lamps)
        self.assertIsNone(None)
        self.assertAlmostEqual(1.0, 1.04, delta=0.05)

    def test_the_fault_is_kept_for_a_closer_look(self):
        with self.assertRaises(ValueError) as caught:
            raise ValueError("too late")
        self.assertEqual(str(caught.exception), "too late")
"""

RED = {
    "equal": "self.assertEqual(1, 2)",
    "not equal": "self.assertNotEqual(1, 1)",
    "true": "self.assertTrue([])",
    "false": "self.assertFalse([0])",
    "is": "self.assertIs([], [])",
    "is not": "self.assertIsNot(None, None)",
    "is none": "self.assertIsNone(0)",
    "is not none": "self.assertIsNotNone(None)",
    "in": "self.assertIn(1, [])",
    "not in": "self.assertNotIn(1, [1])",
    "instance": "self.assertIsInstance(1, str)",
    "greater": "self.assertGreater(1, 1)",
    "greater equal": "self.assertGreaterEqual(1, 2)",
    "less": "self.assertLess(1, 1)",
    "less equal": "self.assertLessEqual(2, 1)",
    "almost equal": "self.assertAlmostEqual(1.0, 1.1)",
    "nothing raised": "self.assertRaises(ValueError, str)",
    "another fault raised": "self.assertRaises(ValueError, {}.pop, 1)",
    "fail": "self.fail()",
    "an error": "raise OSError(5)",
    "a coroutine": "return iter(())",
    "a part": "\n        with self.subTest(part=1): assert False",
}


@pytest.fixture
def run_shared(tmp_path):
    """Return a function: run this text as the only test file; return (exit status, output)."""
    folder = tmp_path / "tests/shared"
    folder.mkdir(parents=True)

    def run(text):
        (folder / "test_one.py").write_text("import unittest\n" + text)
        done = subprocess.run(
            [MICROPYTHON, ROOT / "tests/run_shared.py"],
            cwd=tmp_path,
            env={**os.environ, "MICROPYPATH": f"{tmp_path}:{ROOT}/tests/micropython:.frozen"},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    return run


def test_tests_that_hold_pass(run_shared):
    assert run_shared(GOOD) == (0, "2 passed, 0 failed\n")


@pytest.mark.parametrize("claim", RED.values(), ids=RED.keys())
def test_each_claim_that_does_not_hold_fails(run_shared, claim):
    status, said = run_shared(f"class T(unittest.TestCase):\n    def test_it(self): {claim}\n")
    assert status == 1
    assert said.startswith("FAIL tests.shared.test_one.T.test_it")
    assert "Traceback" in said
    assert said.endswith("0 passed, 1 failed\n")


def test_a_failure_spoils_neither_its_neighbours_nor_the_count(run_shared):
    status, said = run_shared(GOOD + "    def test_more(self): self.fail('no lamp')\n")
    assert status == 1
    assert "no lamp" in said
    assert said.endswith("2 passed, 1 failed\n")


def test_a_test_that_says_nothing_here_is_told_and_counts_for_nothing(run_shared):
    skipping = "    def test_more(self): self.skipTest('no chip')\n"
    said = "SKIP tests.shared.test_one.TestVillage.test_more: no chip\n2 passed, 0 failed\n"
    assert run_shared(GOOD + skipping) == (0, said)


@pytest.mark.parametrize("text", ["", "import no_such_module", "def f(:"])
def test_a_file_without_tests_or_that_cannot_be_read_is_not_a_success(run_shared, text):
    assert run_shared(text)[0] == 1
