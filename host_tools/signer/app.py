"""The signer's page and the four questions it asks, as an HTTP application."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from host_tools.keys import store
from host_tools.problems import NOT_FOUND, REFUSED, USAGE, Problem
from host_tools.signer import choices
from host_tools.signer.desk import Desk, Gateway, Wish
from host_tools.signer.guard import Guard, refusal

PAGE = Path(__file__).parent / "page"

_STATUS = {USAGE: 422, REFUSED: 403, NOT_FOUND: 404}

Word = Annotated[str, Field(max_length=64)]
Passphrase = Annotated[SecretStr, Field(min_length=1, max_length=1024)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class OrderForm(_Strict):
    key: Word
    rank: Word
    target: Word
    valid_min: int
    repeats: int
    emergency: bool
    template: int | None = None
    text: Annotated[str, Field(max_length=1024)] | None = None
    slots: Annotated[list[Word], Field(max_length=8)] = []
    event: Word | None = None


class SignForm(_Strict):
    order: OrderForm
    look: Word
    passphrase: Passphrase


class WithdrawForm(_Strict):
    name: Word
    target: Word
    reason: Word
    passphrase: Passphrase


class NameForm(_Strict):
    name: Word


def make_app(
    county: Path, gateway: Gateway, port: int, clock: Callable[[], float] = time.monotonic
) -> FastAPI:
    """Return the application; it holds no key and no passphrase between two requests."""
    desk, public = Desk(county, gateway, clock), store.load_public(county)
    app = FastAPI(title="Fengsui signer", docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(Guard(port))
    app.add_exception_handler(Problem, _said)
    app.add_exception_handler(RequestValidationError, _not_understood)

    @app.get("/")
    def page() -> FileResponse:
        return FileResponse(PAGE / "index.html")

    @app.get("/api/choices")
    def offered() -> dict[str, Any]:
        return choices.of(county, public)

    @app.post("/api/look")
    def look(form: OrderForm) -> dict[str, Any]:
        return desk.look(_wish(form))

    @app.post("/api/sign")
    def sign(form: SignForm) -> dict[str, Any]:
        return desk.sign(_wish(form.order), form.look, form.passphrase.get_secret_value())

    @app.post("/api/withdraw")
    def withdraw(form: WithdrawForm) -> dict[str, Any]:
        passphrase = form.passphrase.get_secret_value()
        return desk.withdraw(form.name, form.target, form.reason, passphrase)

    @app.post("/api/send-again")
    def send_again(form: NameForm) -> dict[str, Any]:
        return desk.send_again(form.name)

    app.mount("/static", StaticFiles(directory=PAGE))
    return app


def _wish(form: OrderForm) -> Wish:
    return Wish(**{**form.model_dump(), "slots": tuple(form.slots)})


def _said(_: Request, why: Exception) -> Response:
    status = _STATUS.get(why.exit_code, 500) if isinstance(why, Problem) else 500
    return refusal(status, str(why))


def _not_understood(_: Request, why: Exception) -> Response:
    """Name the first field that does not fit; never what was in it."""
    errors = why.errors() if isinstance(why, RequestValidationError) else []
    where = ".".join(str(part) for part in errors[0]["loc"]) if errors else "body"
    return refusal(422, f"{where} is missing or of another kind; nothing was signed")
