"""What a request may bring: a small JSON object of texts, exactly those that were asked for."""

import json

from starlette.requests import Request

from host_tools.gateway.refusal import BAD, NOT_JSON, TOO_LARGE, Refused

MOST_BODY = 4_096  # bytes


async def texts(request: Request, *names: str) -> dict[str, str]:
    """Return the body's text fields, exactly these, or raise Refused."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(NOT_JSON, "send application/json")
    try:
        body = json.loads(await _body(request) or b"{}")
    except (ValueError, RecursionError):
        raise Refused(BAD, "this is not JSON") from None
    expected = f"expected an object with the texts: {', '.join(names) or 'none'}"
    if not isinstance(body, dict) or set(body) != set(names):
        raise Refused(BAD, expected)
    if not all(isinstance(value, str) for value in body.values()):
        raise Refused(BAD, expected)
    return body


def from_hex(digits: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise Refused(BAD, "the frame is not in hexadecimal digits") from None


async def _body(request: Request) -> bytes:
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > MOST_BODY:
            raise Refused(TOO_LARGE, f"a body has at most {MOST_BODY} bytes")
    return data
