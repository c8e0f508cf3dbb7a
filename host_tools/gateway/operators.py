"""The people at the desk: who is signed in, for how long, and how often they may try."""

import hashlib
import secrets
from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, select

from host_tools.gateway import journal
from host_tools.gateway.clock import Clock
from host_tools.gateway.database import MOST_NAME, MOST_PASSWORD
from host_tools.gateway.refusal import NOT_SIGNED_IN, TOO_MANY, Refused
from host_tools.gateway.store import Store
from host_tools.gateway.tables import operators, sessions

SESSION_S = 12 * 3600  # one shift
AFTER_A_WRONG_ONE_S = 2.0  # before the same peer may try again
_MOST_SESSIONS = 256
_MOST_PEERS = 1_024
_MOST_AT_THE_DOOR = 8  # passwords being or waiting to be checked


class Door:
    """Lets people in: argon2id passwords, sessions kept as hashes of their tokens."""

    def __init__(self, store: Store, clock: Clock):
        self._store = store
        self._clock = clock
        self._checking = ThreadPoolExecutor(1, "passwords")  # each takes 64 MiB
        self._hasher = PasswordHasher()
        self._at_the_door = 0
        self._tried_at: dict[str, float] = {}

    async def sign_in(self, name: str, password: str, peer: str) -> str:
        """Return the token of a new session, or raise Refused."""
        now = self._clock.now()
        if abs(now - self._tried_at.get(peer, 0)) < AFTER_A_WRONG_ONE_S:
            raise Refused(TOO_MANY, "wait two seconds after a wrong password")
        self._remember_try(peer, now)
        if not await self._is_right(name[:MOST_NAME], password[: MOST_PASSWORD + 1]):
            raise Refused(NOT_SIGNED_IN, "name and password do not belong together")
        self._tried_at.pop(peer, None)
        token = secrets.token_urlsafe(32)
        await self._store.write(lambda c: _begin(c, name, token, now))
        return token

    async def who(self, token: str | None) -> str | None:
        """Return who is signed in with this token, or None."""
        if not token:
            return None
        now = self._clock.now()
        return await self._store.read(lambda c: _holder(c, token, now))

    async def sign_out(self, token: str | None) -> None:
        gone = sessions.delete().where(sessions.c.token_hash == _hash(token or ""))
        await self._store.write(lambda c: c.execute(gone))

    async def _is_right(self, name: str, password: str) -> bool:
        if self._at_the_door >= _MOST_AT_THE_DOOR:
            raise Refused(TOO_MANY, "too many people at the door")
        this = select(operators.c.password_hash).where(operators.c.name == name)
        self._at_the_door += 1
        try:
            kept = await self._store.read(lambda c: c.execute(this).scalar())
            return await get_running_loop().run_in_executor(
                self._checking, self._matches, kept, password
            )
        finally:
            self._at_the_door -= 1

    def _matches(self, kept: str | None, password: str) -> bool:
        """Take as long for a name nobody has (None) as for a wrong password."""
        try:
            if kept is not None:
                return self._hasher.verify(kept, password)
            self._hasher.hash(password)
        except (VerificationError, InvalidHashError):
            pass
        return False

    def _remember_try(self, peer: str, now: float) -> None:
        if len(self._tried_at) >= _MOST_PEERS:
            self._tried_at.clear()
        self._tried_at[peer] = now


def _begin(connection: Connection, name: str, token: str, now: float) -> None:
    connection.execute(sessions.delete().where(sessions.c.expires_at <= now))
    newest = select(sessions.c.expires_at).order_by(sessions.c.expires_at.desc())
    oldest_kept = connection.execute(newest.limit(1).offset(_MOST_SESSIONS - 1)).scalar()
    if oldest_kept is not None:
        connection.execute(sessions.delete().where(sessions.c.expires_at <= oldest_kept))
    row = {"token_hash": _hash(token), "operator": name, "expires_at": now + SESSION_S}
    connection.execute(sessions.insert(), row)
    journal.note(connection, now, name, "signed in")


def _holder(connection: Connection, token: str, now: float) -> str | None:
    this = select(sessions.c.operator).where(
        sessions.c.token_hash == _hash(token), sessions.c.expires_at > now
    )
    return connection.execute(this).scalar()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
