"""A stage's ports: several stages, and whatever else this machine runs, must not meet."""

import socket

from host_tools.demo import stage


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
