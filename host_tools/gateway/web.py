"""The gateway's page and its HTTP interface: JSON in, JSON out, and one stream of changes."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from annotated_types import Ge, Le
from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from host_tools.gateway import bodies, calls, orders, state
from host_tools.gateway.clock import Clock
from host_tools.gateway.dispatch import Dispatch
from host_tools.gateway.downlink import Exhausted, Sealer
from host_tools.gateway.guard import Guard
from host_tools.gateway.live import MOST_WATCHERS, Live
from host_tools.gateway.operators import SESSION_S, Door
from host_tools.gateway.refusal import BAD, MISSING, NOT_SIGNED_IN, UNAVAILABLE, Refused
from host_tools.gateway.store import CannotWrite, Store
from host_tools.keys.store import Public

COOKIE = "fengsui_session"
MOST_MESSAGES = 200  # rows in one answer

Id = Annotated[int, Ge(0), Le(2**53)]  # SQLite could keep more, JavaScript could not

_STATIC = Path(__file__).parent / "static"
_PAGE = {
    "index.html": "text/html; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


class Desk(NamedTuple):
    """What the web side asks of the rest of the gateway."""

    store: Store
    sealer: Sealer
    public: Public
    dispatch: Dispatch
    door: Door
    live: Live
    state: Callable[[], Awaitable[str]]  # everything the page shows, as one line of JSON
    clock: Clock


def build(desk: Desk) -> Guard:
    """Return the ASGI application."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(Refused, _say_refused)
    app.add_exception_handler(CannotWrite, _say_unavailable)
    app.add_exception_handler(Exhausted, _say_unavailable)
    app.add_exception_handler(HTTPException, _say_http)
    app.add_exception_handler(RequestValidationError, _say_invalid)
    _add_page(app)
    _add_reading(app, desk)
    _add_sessions(app, desk)
    _add_deeds(app, desk)
    return Guard(app)


def _add_page(app: FastAPI) -> None:
    files = {name: (_STATIC / name).read_bytes() for name in _PAGE}

    @app.get("/")
    async def page() -> Response:
        return Response(files["index.html"], media_type=_PAGE["index.html"])

    @app.get("/static/{name}")
    async def static(name: str) -> Response:
        if name not in files:
            raise Refused(MISSING, "there is no such file")
        return Response(files[name], media_type=_PAGE[name])


def _add_reading(app: FastAPI, desk: Desk) -> None:
    @app.get("/api/state")
    async def whole() -> Response:
        return Response(await desk.state(), media_type="application/json")

    @app.get("/api/events")
    async def events(request: Request) -> Response:
        if desk.live.watchers >= MOST_WATCHERS:
            raise Refused(UNAVAILABLE, "too many pages are open")
        stream = desk.live.events(request.headers.get("last-event-id", ""))
        return StreamingResponse(stream, media_type="text/event-stream")

    @app.get("/api/messages")
    async def messages(box: Id | None = None, after: Id = 0) -> dict[str, Any]:
        found = await desk.store.read(lambda c: state.messages_after(c, box, after, MOST_MESSAGES))
        return {"messages": found}


def _add_sessions(app: FastAPI, desk: Desk) -> None:
    @app.get("/api/session")
    async def session(request: Request) -> dict[str, Any]:
        return {"name": await desk.door.who(request.cookies.get(COOKIE))}

    @app.post("/api/session")
    async def sign_in(request: Request) -> Response:
        body = await bodies.texts(request, "name", "password")
        peer = request.client.host if request.client else ""
        token = await desk.door.sign_in(body["name"], body["password"], peer)
        answer = JSONResponse({"name": body["name"]})
        answer.set_cookie(COOKIE, token, max_age=SESSION_S, httponly=True, samesite="strict")
        return answer

    @app.delete("/api/session")
    async def sign_out(request: Request) -> Response:
        await desk.door.sign_out(request.cookies.get(COOKIE))
        answer = JSONResponse({"name": None})
        answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return answer


def _add_deeds(app: FastAPI, desk: Desk) -> None:
    async def signed_in(request: Request) -> str:
        name = await desk.door.who(request.cookies.get(COOKIE))
        if name is None:
            raise Refused(NOT_SIGNED_IN, "sign in first")
        return name

    @app.post("/api/calls/{call_id}/take")
    async def take(
        call_id: Id, request: Request, who: Annotated[str, Depends(signed_in)]
    ) -> dict[str, Any]:
        await bodies.texts(request)
        now = desk.clock.now()
        await desk.store.write(lambda c: calls.take(c, desk.sealer, call_id, who, now))
        return _done(desk, {"state": "taken", "by": who})

    @app.post("/api/calls/{call_id}/close")
    async def close(
        call_id: Id, request: Request, who: Annotated[str, Depends(signed_in)]
    ) -> dict[str, Any]:
        reason = (await bodies.texts(request, "reason"))["reason"]
        now = desk.clock.now()
        await desk.store.write(lambda c: calls.close(c, desk.sealer, call_id, reason, who, now))
        return _done(desk, {"state": "closed", "by": who})

    @app.post("/api/orders")
    async def order(request: Request) -> dict[str, Any]:
        """The signature in the frame is the authority; nobody needs to be signed in here."""
        data = bodies.from_hex((await bodies.texts(request, "frame"))["frame"])
        now = desk.clock.now()
        told = await desk.store.write(lambda c: orders.accept(c, desk.public, data, now))
        return _done(desk, told)


def _done(desk: Desk, told: dict[str, Any]) -> dict[str, Any]:
    desk.live.changed()
    desk.dispatch.wake()
    return told


async def _say_refused(_request: Request, why: Any) -> Response:
    return JSONResponse({"error": why.reason}, why.status)


async def _say_unavailable(_request: Request, why: Any) -> Response:
    return JSONResponse({"error": f"not done, nothing is kept: {why}"}, UNAVAILABLE)


async def _say_http(_request: Request, why: Any) -> Response:
    return JSONResponse({"error": why.detail}, why.status_code)


async def _say_invalid(_request: Request, _why: Any) -> Response:
    return JSONResponse({"error": "a number in the address is not one"}, BAD)
