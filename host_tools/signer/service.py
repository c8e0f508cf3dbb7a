"""Runs the signer: one process, on this machine only, until it is told to stop."""

import os
import socket
from pathlib import Path

import uvicorn

from host_tools.gateway_link import Link
from host_tools.problems import UNREACHABLE, Problem
from host_tools.signer.app import make_app

HERE = "127.0.0.1"


def run(county: Path, port: int, gateway_url: str) -> None:
    """Serve the signing page until SIGTERM or Ctrl-C, or raise Problem when it cannot begin."""
    with Link(gateway_url) as link, _listening(port) as listening:
        app = make_app(county, link, port)
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        _Saying(config).run([listening])


class _Saying(uvicorn.Server):
    """Prints one line when the page can be used."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            print(f"ready http://{HERE}:{sockets[0].getsockname()[1]}/", flush=True)


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server((HERE, port))
    except OSError as why:
        cause = f"port {port} of {HERE} is not to be had: {os.strerror(why.errno or 0)}"
        raise Problem(cause, "choose another with --http", UNREACHABLE) from None
