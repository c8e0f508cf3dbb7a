"""A web server inside the gateway: bounded, silent, stopped by the gateway."""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn

from host_tools.problems import UNREACHABLE, Problem

MOST_CONNECTIONS = 128


class HttpServer(uvicorn.Server):
    """A web server whose signals are the gateway's business."""

    def __init__(self, app: Any):
        super().__init__(
            uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                limit_concurrency=MOST_CONNECTIONS,
                timeout_graceful_shutdown=2,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening(host: str, port: int, option: str) -> socket.socket:
    """Return a TCP socket that listens here, or raise Problem; option: what chose the port."""
    try:
        return socket.create_server((host, port), backlog=MOST_CONNECTIONS)
    except OSError as why:
        raise Problem(
            f"TCP port {port} on {host} cannot be used: {why.strerror}",
            f"choose another with {option}", UNREACHABLE,
        ) from None  # fmt: skip
