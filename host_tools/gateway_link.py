"""Speaks to the gateway as its page does: submits an order, looks at the state, takes a call."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from host_tools.problems import GENERAL, NOT_FOUND, REFUSED, UNREACHABLE, Problem
from host_tools.text.encode import common
from protocol import frame

USUAL_URL = "http://127.0.0.1:8700"
TIMEOUT_S = 10.0

_EXIT_CODES = {401: REFUSED, 403: REFUSED, 404: NOT_FOUND}


class Link:
    """One gateway, reached over HTTP; a context manager."""

    def __init__(self, url: str = USUAL_URL, transport: httpx.BaseTransport | None = None):
        self.url = url.rstrip("/")
        self._http = httpx.Client(
            base_url=self.url, timeout=TIMEOUT_S, trust_env=False, transport=transport
        )

    def __enter__(self) -> "Link":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def submit(self, frame: bytes) -> dict[str, Any]:
        """Hand over a signed frame; return the gateway's answer, or raise Problem.

        The same bytes may be handed over again: the gateway keeps them once.
        """
        return self._ask("POST", "/api/orders", {"frame": frame.hex()})

    @contextmanager
    def signed_in(self, name: str, password: str) -> Iterator[None]:
        """Be this operator until the block ends, or raise Problem."""
        self._ask("POST", "/api/session", {"name": name, "password": password})
        yield
        self._ask("DELETE", "/api/session")

    def state(self) -> dict[str, Any]:
        """Return boxes, calls, orders as the gateway's page sees them."""
        return self._ask("GET", "/api/state")

    def highest(self, slot: int) -> int:
        """Return the highest number of this signing key that the county has seen.

        0 when the gateway does not answer: an order can be signed all the same.
        """
        try:
            return int(self.state().get("slots", {}).get(str(slot), 0))
        except Problem as why:
            if why.exit_code != UNREACHABLE:
                raise
            return 0

    def text_tables(self, target: int) -> Collection[int]:
        """Return the tables that every Box at this target told of, by first byte of their texts.

        None when the gateway does not answer: every Box can read UTF-8.
        """
        try:
            boxes = self.state().get("boxes", [])
        except Problem as why:
            if why.exit_code != UNREACHABLE:
                raise
            return ()
        meant = [box for box in boxes if frame.is_for(target, box["address"], box["groups"])]
        return common(box["text_tables"] for box in meant)

    def take(self, message_id: int) -> dict[str, Any]:
        return self._ask("POST", f"/api/calls/{message_id}/take", {})

    def close(self, message_id: int, reason: str) -> dict[str, Any]:
        return self._ask("POST", f"/api/calls/{message_id}/close", {"reason": reason})

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Origin": self.url}
        try:
            answer = self._http.request(method, path, json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as why:
            raise self._silent(why) from None
        if answer.is_success:
            return _parsed(answer)
        code = _EXIT_CODES.get(answer.status_code, GENERAL)
        raise Problem(f"the gateway refused: {_reason(answer)}", exit_code=code)

    def _silent(self, why: Exception) -> Problem:
        cause = f"the gateway at {self.url} does not answer ({type(why).__name__})"
        return Problem(cause, "start it with `fengsui gateway`, or give --gateway", UNREACHABLE)


def _parsed(answer: httpx.Response) -> Any:
    if not answer.content:
        return {}
    try:
        return answer.json()
    except ValueError:
        raise Problem("the gateway's answer is not JSON", "is it a gateway?") from None


def _reason(answer: httpx.Response) -> str:
    """Return the gateway's reason on one line of bounded length."""
    try:
        said = answer.json()
    except ValueError:
        return f"status {answer.status_code}"
    why = said.get("error", said) if isinstance(said, dict) else said
    words = why if isinstance(why, str) else json.dumps(why, ensure_ascii=False)
    return " ".join(words.split())[:300]
