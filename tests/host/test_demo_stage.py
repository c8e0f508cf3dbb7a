"""A stage's ports, which must not meet another stage's, and its roads."""

import asyncio
import socket

import pytest

from host_tools.demo import roads, stage
from host_tools.demo.cast import board_settings, cast
from host_tools.demo.roads import BEIDOU, SBD, UDP
from host_tools.problems import Problem

PORTS = dict.fromkeys(stage.PORTS, 9)


def test_a_port_that_is_taken_for_udp_only_is_not_chosen(monkeypatch, tmp_path):
    with socket.socket(type=socket.SOCK_DGRAM) as somebody:
        somebody.bind(("127.0.0.1", 0))
        taken = somebody.getsockname()[1]
        offers = [taken]

        class OffersThatFirst(socket.socket):
            def bind(self, address):
                host, port = address
                super().bind((host, offers.pop() if offers and not port else port))

        monkeypatch.setattr(socket, "socket", OffersThatFirst)
        ports = stage.Stage(tmp_path).ports.values()
    assert offers == []
    assert taken not in ports
    assert len(set(ports)) == len(ports)


@pytest.mark.parametrize("words", ["", "udp", "beidou", "sbd,udp", "udp,udp", "udp,pigeon"])
def test_roads_that_the_script_cannot_play_are_refused(words):
    with pytest.raises(Problem):
        roads.named(words)


def test_roads_are_named_as_the_boxs_settings_name_them():
    assert roads.named("udp,sbd") == roads.USUAL
    assert roads.named("udp,beidou,sbd") == (UDP, BEIDOU, SBD)
    assert board_settings(PORTS, "", (UDP, BEIDOU))["roads"] == ["udp", "beidou"]


@pytest.mark.parametrize(
    ("some", "there", "not_there"),
    [((UDP, BEIDOU), "beidou", "iridium"), ((UDP, SBD), "iridium", "beidou")],
)
def test_a_road_brings_its_player_and_the_gateways_door(tmp_path, some, there, not_there):
    doors = {"beidou": "--beidou", "iridium": "--mo"}
    roles = cast(tmp_path, PORTS, "passphrase", some)
    assert there in roles
    assert doors[there] in roles["gateway"].command
    assert not_there not in roles
    assert doors[not_there] not in roles["gateway"].command
    lines = board_settings(PORTS, "", some)["lines"]
    assert (there == "beidou") == ("beidou" in lines)


def test_a_beidou_road_that_is_back_first_says_yes_with_a_reason():
    told = []

    async def tell(player, command):
        told.append((player, command))
        return "ok"

    asyncio.run(BEIDOU.cut(tell))
    asyncio.run(BEIDOU.restore(tell))
    assert told[:2] == [("beidou", "signal box off"), ("beidou", "signal county off")]
    assert told[2] == ("beidou", "refuse box 1 4")
    assert set(told[3:]) == {("beidou", "signal box on"), ("beidou", "signal county on")}
