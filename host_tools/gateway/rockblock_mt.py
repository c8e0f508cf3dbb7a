"""RockBLOCK as a carrier of what goes to modems: one HTTP POST each.

Source: docs.groundcontrol.com, "RockBLOCK / Web Services", sending MT messages.
"""

import ipaddress
import ssl
from urllib.parse import urlsplit

import httpx

from host_tools.gateway.mt import Unreachable
from host_tools.problems import USAGE, Problem

PATIENCE_S = 10.0
_MOST_WORDS = 100  # characters of an answer that are told
_SYSTEM_ERROR = "99"  # the carrier's own trouble, which passes


class RockblockMt:
    """url: where it takes messages; user and password: of the county's account there."""

    name = "RockBLOCK"

    def __init__(self, url: str, user: str, password: str):
        self._url = _checked(url)
        self._account = {"username": user, "password": password}
        self._tls = ssl.create_default_context()

    async def take(self, imei: str, payload: bytes) -> str | None:
        """Post a payload; return why it was refused, or None; raise Unreachable."""
        form = {"imei": imei, **self._account, "data": payload.hex()}
        try:
            async with httpx.AsyncClient(
                verify=self._tls, timeout=PATIENCE_S, trust_env=False
            ) as http:
                answer = await http.post(self._url, data=form)
        except httpx.HTTPError as why:
            raise Unreachable(str(why) or type(why).__name__) from None
        return _refusal(answer)


def is_this_machine(host: str) -> bool:
    """Return whether this address, or name of one, is a loopback's."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _checked(url: str) -> str:
    """Return it, or raise Problem where the password could be read on the way."""
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (
        parts.scheme == "http" and is_this_machine(parts.hostname or "")
    )
    if not safe or not parts.hostname:
        raise Problem(f"{url} is no https:// address", "the password goes there", USAGE)
    return url


def _refusal(answer: httpx.Response) -> str | None:
    """The body is "OK,<number>" or "FAILED,<code>,<words>"."""
    verdict, _, rest = answer.text[:_MOST_WORDS].strip().partition(",")
    if verdict == "OK":
        return None
    if verdict != "FAILED" or rest.partition(",")[0] == _SYSTEM_ERROR:
        raise Unreachable(f"it answers {answer.status_code} {rest}".strip())
    return rest
