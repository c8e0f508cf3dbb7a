"""A root revokes a key, in real processes: the Box believes it no longer, and says so."""

import time
from pathlib import Path
from typing import Any

import httpx

from host_tools.keys import store
from host_tools.rekeying import Rekeying
from protocol import frame
from tests.sim.scene import NOTICE, RAIN, Scene
from tests.sim.waiting import until


def test_a_revoked_key_is_silent_at_once_and_after_a_power_cut_and_live_orders_sound(
    tmp_path: Path,
):
    with Scene(tmp_path / "stage") as scene:
        assert scene.end_of(scene.order(RAIN, "notice", key="drill"))["outcome"] == "played"
        late, later = (scene.signed(RAIN, "notice", key="drill") for _ in range(2))
        root = Rekeying(scene.stage.county, scene.stage.signing_passphrase, store.NEXT)
        name, keys = root.revoke("drill", frame.EVERYBODY)
        scene.submit(keys)
        until("the Box to say that it took the keys", lambda: told(scene)["keys_taken"] == 1)
        assert keys_stage(scene, name)["state"] == "verified"
        since = time.time()
        for order in (late, later):
            scene.refused(scene.thief.carried(order))
            scene.kill("box")
        assert scene.heard_since(since) == []
        assert scene.end_of(scene.order(NOTICE, "notice"))["outcome"] == "played"
        assert scene.heard_since(since) == ["tone", "18", "tone"]


def told(scene: Scene) -> dict[str, Any]:
    return state(scene)["boxes"][0]


def keys_stage(scene: Scene, name: str) -> dict[str, Any]:
    for order in state(scene)["orders"]:
        if f"{order['slot']}:{order['seq']}" == name:
            return order["deliveries"][0]
    raise AssertionError(f"{name} is not on the page")


def state(scene: Scene) -> dict[str, Any]:
    return httpx.get(f"{scene.stage.page}api/state", trust_env=False).json()
