"""Lets only the signer's own page speak to it: no other site, no other name, no large body."""

import secrets
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

COOKIE = "fengsui_signer"
MOST_BODY_BYTES = 8_192

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """port: where this process listens.  The cookie is new at every start."""

    def __init__(self, port: int):
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self._cookie = secrets.token_urlsafe(32)

    async def __call__(
        self, request: Request, go_on: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        why = self._why_not(request)
        response = await go_on(request) if why is None else refusal(403, why)
        response.headers.update(HEADERS)
        if request.url.path == "/" and why is None:
            response.set_cookie(COOKIE, self._cookie, httponly=True, samesite="strict")
        return response

    def _why_not(self, request: Request) -> str | None:
        """Return why this request is refused, or None."""
        if request.headers.get("host") not in self._hosts:
            return "this page is served under another name"
        if request.method in ("GET", "HEAD"):
            return None
        if request.headers.get("origin", "").removeprefix("http://") not in self._hosts:
            return "only the signer's own page may ask this"
        if not secrets.compare_digest(
            request.cookies.get(COOKIE, "").encode(), self._cookie.encode()
        ):
            return "the page is old; load it again"
        if request.headers.get("content-type", "").split(";")[0] != "application/json":
            return "only JSON is taken here"
        if not _is_short(request.headers.get("content-length", "")):
            return f"a request has at most {MOST_BODY_BYTES} bytes, and says so"
        return None


def refusal(status: int, why: str) -> JSONResponse:
    """Return one sentence; nothing of the request is repeated in it."""
    return JSONResponse({"detail": why}, status)


def _is_short(length: str) -> bool:
    return length.isdigit() and len(length) <= 6 and int(length) <= MOST_BODY_BYTES
