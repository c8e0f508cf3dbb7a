"""The satellite road by web hook: RockBLOCK's carrier posts what modems sent to our own port.

It is answered 200 only once that is committed; otherwise the carrier posts it again.  Sources:
docs.groundcontrol.com, "RockBLOCK / Web Services", receiving MO messages via HTTP webhook.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse

from host_tools.gateway import carrier_token, sessions
from host_tools.gateway.arrivals import SBD, Arrival
from host_tools.gateway.clock import Clock

MOST_BODY = 16_384  # bytes: the longest payload in digits, and once more in the token
PATIENCE_S = 10.0
_MOST_FIELDS = 32
_TAKEN, _BAD, _NO_POST, _TOO_LARGE, _AGAIN = 200, 400, 405, 413, 503


class Posted(NamedTuple):
    imei: str
    payload: bytes  # empty when the modem only asked what waits for it
    status: int


class RockblockHook:
    """An ASGI application; key: the carrier's, or None where only this machine can post."""

    def __init__(self, key: Any, clock: Clock, note: Callable[[str], None]):
        self._key = key
        self._clock = clock
        self._note = note
        self._offer: Any = None

    def open(self, offer: Callable[[Arrival], Any]) -> None:
        """Let offer(arrival) take what comes; it returns a future of "committed", or None."""
        self._offer = offer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            status = await self._answer(Request(scope, receive))
            await PlainTextResponse("", status)(scope, receive, send)

    async def _answer(self, request: Request) -> int:
        """Return the HTTP status that says what became of it."""
        if request.method != "POST":
            return _NO_POST
        try:
            body = await asyncio.wait_for(_body(request), PATIENCE_S)
        except (TimeoutError, ClientDisconnect):
            return _BAD
        if body is None:
            return _TOO_LARGE
        try:
            posted = _posted(_fields(request, body), self._key)
        except ValueError as why:
            self._offer(
                self._arrival(body, request.client.host if request.client else "", str(why))
            )
            return _BAD
        return _TAKEN if await self._is_taken(posted) else _AGAIN

    async def _is_taken(self, posted: Posted) -> bool:
        wrong = sessions.incomplete(posted.status)
        if wrong is not None:
            self._note(sessions.line(posted.imei, wrong, posted.payload))
        if not posted.payload:
            return True
        kept = self._offer(self._arrival(posted.payload, posted.imei))
        return kept is not None and await kept

    def _arrival(self, raw: bytes, sender: str, broken: str = "") -> Arrival:
        return Arrival(raw, SBD, sender, self._clock.now(), broken)


async def _body(request: Request) -> bytes | None:
    """Return the whole body, or None where it is too long."""
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BODY:
            return None
    return data


def _fields(request: Request, body: bytes) -> dict[str, Any]:
    """Return the posted fields, of a form or of JSON, or raise ValueError."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/json":
        return dict(parse_qsl(body.decode(), max_num_fields=_MOST_FIELDS))
    try:
        found = json.loads(body)
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _posted(fields: dict[str, Any], key: Any) -> Posted:
    """Return what a modem sent, or raise ValueError; with a key only what it signed counts."""
    if key is not None:
        fields = carrier_token.claims(str(fields.get("JWT", "")), key)
    imei = str(fields.get("imei", ""))
    if len(imei) != 15 or not imei.isascii() or not imei.isdigit():
        raise ValueError("an IMEI that is none")
    payload = bytes.fromhex(str(fields.get("data") or ""))
    return Posted(imei, payload, int(str(fields.get("iridium_session_status", 0))))
