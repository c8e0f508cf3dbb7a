"""What the duty officer does: compose, look at what the village will hear, sign once, send.

The signing key is decrypted for one order and forgotten with it.  What was signed is kept
as bytes, so that it can be sent again when the gateway did not answer.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from host_tools import orders
from host_tools.keys import store
from host_tools.keys.encrypted_file import WrongPassphrase
from host_tools.problems import NOT_FOUND, REFUSED, Problem
from host_tools.signer.tries import Tries

MOST_KEPT = 64
WRONG_PASSPHRASE = "口令不对，没有签发 · the passphrase is wrong and nothing was signed"


class Gateway(Protocol):
    """What the signer asks of the gateway; host_tools.gateway_link.Link has it."""

    def submit(self, frame: bytes) -> dict[str, Any]:
        """Hand over a signed frame, or raise Problem."""
        ...

    def highest(self, slot: int) -> int:
        """Return the highest number of this key that the county has seen."""
        ...

    def text_tables(self, target: int) -> Collection[int]:
        """Return the tables that every Box at this target told of."""
        ...


@dataclass(frozen=True)
class Wish:
    """An order as the officer filled it in; target is what orders.target_of understands."""

    key: str
    rank: str
    target: str
    valid_min: int
    repeats: int
    emergency: bool
    template: int | None = None
    text: str | None = None
    slots: tuple[str, ...] = ()
    event: str | None = None


class Desk:
    """county is its folder."""

    def __init__(self, county: Path, gateway: Gateway, clock: Callable[[], float]):
        self._county = county
        self._public = store.load_public(county)
        self._gateway = gateway
        self._tries = Tries(clock)
        self._lock = threading.Lock()
        self._kept: dict[str, bytes] = {}

    def look(self, wish: Wish) -> dict[str, Any]:
        """Return what the village will hear and the `look` that signing it asks for."""
        slot, target, order = self._composed(wish)
        zh, en = orders.spoken(order, slot.drill)
        return {
            "look": look_of(wish),
            "drill": slot.drill,
            "zh": zh,
            "en": en,
            "who": orders.said(target),
            "rank": order.rank,
            "event": order.event,
            "volume": order.volume,
            "repeats": order.repeats,
            "valid_min": 10 * order.valid_10min,
            "text_form": order.text and orders.text_form(order),
        }

    def sign(self, wish: Wish, look: str, passphrase: str) -> dict[str, Any]:
        """Sign the order that was looked at and send it; return its name and the answer."""
        slot, target, order = self._composed(wish)
        if look != look_of(wish):
            why = "this is not the order that was shown; nothing was signed"
            raise Problem(why, "look at it again", REFUSED)
        signer = self._unlocked(slot, passphrase)
        return self._send(orders.sign_order(self._public, signer, target, order))

    def withdraw(self, name: str, target: str, reason: str, passphrase: str) -> dict[str, Any]:
        """Sign the withdrawal of an order named like 1:17 and send it."""
        order_id, address = orders.id_of(name), orders.target_of(target)
        slot = self._public.numbered(order_id[0])
        if slot is None:
            raise Problem(f"no key of this county gave {name}", exit_code=NOT_FOUND)
        signer = self._unlocked(slot, passphrase)
        return self._send(orders.sign_cancel(self._public, signer, address, order_id, reason))

    def send_again(self, name: str) -> dict[str, Any]:
        """Send the bytes that were signed here under this name once more."""
        with self._lock:
            frame = self._kept.get(name)
        if frame is None:
            raise Problem(f"{name} was not signed here lately", exit_code=NOT_FOUND)
        return self._sent(name, frame)

    def _unlocked(self, slot: store.PublicSlot, passphrase: str) -> store.Signer:
        """Return the key with its counter above every number that the county has seen."""
        try:
            with self._tries.one():
                signer = store.load_signing(self._county, slot.name, passphrase)
        except WrongPassphrase:
            raise Problem(WRONG_PASSPHRASE, "type it again", REFUSED) from None
        signer.keep_above(self._gateway.highest(slot.number))
        return signer

    def _composed(self, wish: Wish) -> tuple[store.PublicSlot, int, Any]:
        slot, target = self._public.named(wish.key), orders.target_of(wish.target)
        tables = () if wish.text is None else self._gateway.text_tables(target)
        order = orders.compose(
            slot=slot.number,
            rank=wish.rank,
            template=wish.template,
            text=wish.text,
            tables=tables,
            slots=wish.slots,
            event=wish.event,
            valid_min=wish.valid_min,
            repeats=wish.repeats,
            emergency=wish.emergency,
        )
        orders.check_scope(slot, target, order)
        return slot, target, order

    def _send(self, frame: bytes) -> dict[str, Any]:
        name = orders.named(orders.id_in(frame))
        with self._lock:
            self._kept[name] = frame
            while len(self._kept) > MOST_KEPT:
                self._kept.pop(next(iter(self._kept)))
        return self._sent(name, frame)

    def _sent(self, name: str, frame: bytes) -> dict[str, Any]:
        """Say what the gateway answered; when it did not, that is said and nothing more."""
        signed = {"name": name, "frame": frame.hex()}
        try:
            return {**signed, "at_gateway": True, "answer": self._gateway.submit(frame)}
        except Problem as why:
            return {**signed, "at_gateway": False, "why": str(why)}


def look_of(wish: Wish) -> str:
    """Return a short fingerprint of everything the officer filled in."""
    written = json.dumps(asdict(wish), sort_keys=True).encode()
    return hashlib.sha256(written).hexdigest()[:16]
