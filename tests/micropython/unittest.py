"""As much of unittest as tests/shared needs, for MicroPython; spelled as on CPython."""

import sys


class SkipTest(Exception):
    """This test says nothing here; the reason is printed."""


class TestCase:
    def setUp(self):
        """Called before each test."""

    def tearDown(self):
        """Called after each test, whatever became of it."""

    def subTest(self, **params):
        return _SubTest(self, params)

    def skipTest(self, reason):
        raise SkipTest(reason)

    def fail(self, msg="failed"):
        raise AssertionError(msg)

    def assertTrue(self, claim, msg=None):
        self._hold(claim, "%r is not true", (claim,), msg)

    def assertFalse(self, claim, msg=None):
        self._hold(not claim, "%r is not false", (claim,), msg)

    def assertEqual(self, first, second, msg=None):
        self._hold(first == second, "%r != %r", (first, second), msg)

    def assertNotEqual(self, first, second, msg=None):
        self._hold(first != second, "%r == %r", (first, second), msg)

    def assertIs(self, first, second, msg=None):
        self._hold(first is second, "%r is not %r", (first, second), msg)

    def assertIsNot(self, first, second, msg=None):
        self._hold(first is not second, "it is %r", (first,), msg)

    def assertIsNone(self, thing, msg=None):
        self._hold(thing is None, "%r is not None", (thing,), msg)

    def assertIsNotNone(self, thing, msg=None):
        self._hold(thing is not None, "it is None", (), msg)

    def assertIn(self, member, container, msg=None):
        self._hold(member in container, "%r is not in %r", (member, container), msg)

    def assertNotIn(self, member, container, msg=None):
        self._hold(member not in container, "%r is in %r", (member, container), msg)

    def assertIsInstance(self, thing, kind, msg=None):
        self._hold(isinstance(thing, kind), "%r is not a %r", (thing, kind), msg)

    def assertGreater(self, first, second, msg=None):
        self._hold(first > second, "%r is not above %r", (first, second), msg)

    def assertGreaterEqual(self, first, second, msg=None):
        self._hold(first >= second, "%r is below %r", (first, second), msg)

    def assertLess(self, first, second, msg=None):
        self._hold(first < second, "%r is not below %r", (first, second), msg)

    def assertLessEqual(self, first, second, msg=None):
        self._hold(first <= second, "%r is above %r", (first, second), msg)

    def assertAlmostEqual(self, first, second, places=7, msg=None, delta=None):
        apart = abs(first - second)
        close = apart <= delta if delta is not None else round(apart, places) == 0
        self._hold(close, "%r is %r away from %r", (first, apart, second), msg)

    def assertRaises(self, expected, call=None, *args, **kwargs):
        """With a call, make it; without, return a context manager with `.exception`."""
        raised = _Raises(expected)
        if call is None:
            return raised
        with raised:
            call(*args, **kwargs)
        return None

    def _hold(self, holds, words, values, msg):
        """Words are made only of what does not hold: large values need memory to be told."""
        if not holds:
            seen = words % values
            raise AssertionError(seen if msg is None else "%s: %s" % (msg, seen))


class TestResult:
    def __init__(self):
        self.testsRun = 0
        self.skipped = []  # (name, reason), printed too
        self.failures = []  # names of the tests that failed; the reasons have been printed

    def wasSuccessful(self):
        return not self.failures

    def skip(self, name, reason):
        print("SKIP %s: %s" % (name, reason))
        self.skipped.append((name, reason))

    def note(self, name, why, part=""):
        """Print one failure with its traceback; a test with several counts once."""
        print("FAIL", name + part)
        sys.print_exception(why, sys.stdout)
        if name not in self.failures:
            self.failures.append(name)


def main(module="__main__"):
    """Run every test of a module (or its name); return the TestResult."""
    if isinstance(module, str):
        module = sys.modules[module] if module in sys.modules else __import__(module)
    result = TestResult()
    for name in sorted(dir(module)):
        case = getattr(module, name)
        if isinstance(case, type) and issubclass(case, TestCase) and case is not TestCase:
            _run_case(case, module.__name__, result)
    return result


def _run_case(case, where, result):
    for name in sorted(dir(case)):
        if name.startswith("test"):
            _run_test(case, name, "%s.%s.%s" % (where, case.__name__, name), result)


def _run_test(case, name, full_name, result):
    test = case()
    test._note = lambda why, part="": result.note(full_name, why, part)
    result.testsRun += 1
    try:
        test.setUp()
        try:
            if getattr(test, name)() is not None:
                raise TypeError("a test returned something: a coroutine that nobody ran?")
        finally:
            test.tearDown()
    except SkipTest as why:
        result.skip(full_name, str(why))
    except Exception as why:
        test._note(why)


class _SubTest:
    """Notes a failure under its parameters and lets the test go on."""

    def __init__(self, test, params):
        self._test = test
        self._params = params

    def __enter__(self):
        return self

    def __exit__(self, kind, why, _traceback):
        if kind is None or not issubclass(kind, Exception):
            return False
        label = ", ".join("%s=%r" % item for item in sorted(self._params.items()))
        self._test._note(why, " (%s)" % label)
        return True


class _Raises:
    def __init__(self, expected):
        self._expected = expected
        self.exception = None

    def __enter__(self):
        return self

    def __exit__(self, kind, why, _traceback):
        if kind is None:
            raise AssertionError("%r was not raised" % (self._expected,))
        self.exception = why
        return issubclass(kind, self._expected)
