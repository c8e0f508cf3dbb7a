"""One board in memory on its cable, and what the tool says when it cannot."""

import pytest

from host_tools.problems import Problem
from tests.host.fake_pico import FakePico
from tests.host.fake_usb import FakeUsb


@pytest.fixture
def pico(tmp_path):
    return FakePico(tmp_path)


@pytest.fixture
def usb(tmp_path, pico):
    return FakeUsb(tmp_path / "RPI-RP2", pico)


def problem_of(act, *words, **more):
    """Return (the sentence, the exit code) of the Problem that act() ends with."""
    with pytest.raises(Problem) as caught:
        act(*words, **more)
    return str(caught.value), caught.value.exit_code
