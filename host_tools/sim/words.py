"""What people type, turned into values, or one sentence about what was expected instead."""

from collections.abc import Callable
from typing import Any, NamedTuple

import typer


class Address(NamedTuple):
    host: str
    port: int


def whole(text: str, least: int, most: int) -> int:
    """Return a whole number from least to most, or raise ValueError."""
    if not (text.isascii() and text.isdigit() and least <= int(text[:9]) <= most):
        raise ValueError(f"expected a whole number from {least} to {most}, not {text!r}")
    return int(text)


def hex_bytes(text: str, most: int) -> bytes:
    """Return 1 to `most` bytes written in hexadecimal, or raise ValueError."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"expected hexadecimal, not {text[:40]!r}") from None
    if not 1 <= len(data) <= most:
        raise ValueError(f"expected 1 to {most} bytes, not {len(data)}")
    return data


def on_off(text: str) -> bool:
    """Return True for "on" and False for "off", or raise ValueError."""
    if text not in ("on", "off"):
        raise ValueError(f"expected on or off, not {text!r}")
    return text == "on"


def endpoint(text: str) -> Address:
    """Return the Address of HOST:PORT, or raise ValueError."""
    host, colon, port = text.rpartition(":")
    if not (host and colon):
        raise ValueError(f"expected HOST:PORT, not {text!r}")
    return Address(host, whole(port, 1, 65535))


def imei(text: str) -> str:
    """Return the 15 digits of a modem's identity, or raise ValueError."""
    if not (text.isascii() and text.isdigit() and len(text) == 15):
        raise ValueError(f"expected an IMEI of 15 digits, not {text!r}")
    return text


def option(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return parse for use as a typer parser: its sentence reaches the person whole."""

    def parser(text: Any) -> Any:
        try:
            return parse(text) if isinstance(text, str) else text
        except ValueError as why:
            raise typer.BadParameter(str(why)) from None

    return parser
