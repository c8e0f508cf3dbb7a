"""Patience with an end, and a sentence about what did not happen."""

import time
from collections.abc import Callable
from typing import Any

import pytest

_LOOK_S = 0.05


def until(what: str, happened: Callable[[], Any], within_s: float = 30.0) -> Any:
    """Wait until happened() is true and return it, or fail with what was waited for."""
    ends = time.monotonic() + within_s
    while not (found := happened()):
        if time.monotonic() > ends:
            pytest.fail(f"waited {within_s:.0f} s in vain for {what}")
        time.sleep(_LOOK_S)
    return found
