"""One village a file: its tests go through it one after the other."""

from collections.abc import Iterator

import pytest

from tests.sim.scene import Scene
from tests.sim.waiting import until


@pytest.fixture(scope="module")
def scene(request, tmp_path_factory) -> Iterator[Scene]:
    """A village that is up and knows the time; what it leaves is in pytest's folder."""
    folder = tmp_path_factory.mktemp(request.module.__name__.rpartition(".")[2])
    with Scene(folder / "stage") as scene:
        until("a Boot that knows its minute", scene.knows_the_time)
        yield scene
