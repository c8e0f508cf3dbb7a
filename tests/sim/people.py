"""What people do at the county, and the one who has stolen its gateway."""

from typing import Any

import httpx

from host_tools import orders
from host_tools.demo.stage import ADDRESS, OPERATOR, Stage
from host_tools.keys import store as keystore
from protocol import keys
from tests.sim.records import Records
from tests.sim.thief import Thief
from tests.sim.waiting import until

CALL_S = 45.0  # by satellite, with a failed session before


class People(Records):
    """The duty officer and the signer of one stage."""

    def __init__(self, stage: Stage):
        super().__init__(stage)
        self.stage = stage
        self._http: httpx.Client | None = None
        self._signers: dict[str, keystore.Signer] = {}
        self._thief: Thief | None = None

    def take(self, call: int) -> None:
        self.post(f"/api/calls/{call}/take")

    def close(self, call: int) -> None:
        self.post(f"/api/calls/{call}/close", reason="helped")

    def call_arrived(self, button: int) -> int:
        """Wait for this button's newest call, still open, and return its id."""

        def newest() -> int | None:
            found = self.county.calls(button)
            return found[-1][0] if found and found[-1][1] == "open" else None

        return until(f"the call of button {button} at the county", newest, CALL_S)

    def signed(self, template: int | None, rank: str, key: str = "live", **more: Any) -> bytes:
        """Return the SIGNED frame of an order to the Box that nobody has sent yet."""
        signer = self.signer(key)
        fields = {"slot": signer.slot.number, "rank": rank, "template": template, "repeats": 1}
        order = orders.compose(**{**fields, **more})
        return orders.sign_order(self.public, signer, ADDRESS, order)

    def signer(self, name: str) -> keystore.Signer:
        """Return the key "live" or "drill", unlocked."""
        if name not in self._signers:
            passphrase = self.stage.signing_passphrase
            self._signers[name] = keystore.load_signing(self.stage.county, name, passphrase)
        return self._signers[name]

    def cancelled(self, order_id: bytes) -> bytes:
        """Return the SIGNED frame that withdraws this order."""
        signer = self.signer("live")
        return orders.sign_cancel(self.public, signer, ADDRESS, order_id, "false_alarm")

    def submit(self, signed_frame: bytes) -> bytes:
        """Hand a SIGNED frame to the gateway; return the order's id."""
        self.post("/api/orders", frame=signed_frame.hex())
        return orders.id_in(signed_frame)

    def order(self, template: int, rank: str, **more: Any) -> bytes:
        """Sign and submit an order; return its id."""
        return self.submit(self.signed(template, rank, **more))

    def begun(self, order_id: bytes) -> None:
        """Wait until the Box has proven that this order sounds, and the county knows."""
        until("the order to sound", lambda: self.county.began(order_id))

    def end_of(self, order_id: bytes, within_s: float = 45.0) -> dict[str, Any]:
        """Wait for the closing report of this order and return it."""
        return until("the order's end", lambda: self.county.finished(order_id), within_s)

    def post(self, path: str, **body: str) -> dict[str, Any]:
        """Ask the gateway as a person who has signed in."""
        answer = self.http.post(path, json=body)
        answer.raise_for_status()
        return answer.json()

    def hang_up(self) -> None:
        if self._http is not None:
            self._http.close()

    @property
    def http(self) -> httpx.Client:
        if self._http is None:
            self._http = httpx.Client(base_url=self.stage.page, timeout=20)
            self.post("/api/session", name=OPERATOR, password=self.stage.password)
        return self._http

    @property
    def public(self) -> keystore.Public:
        return keystore.load_public(self.stage.county)

    @property
    def thief(self) -> Thief:
        if self._thief is None:
            master = keystore.load_master(self.stage.county, self.stage.gateway_passphrase)
            query = "SELECT issue FROM boxes WHERE address = ?"
            issue = self.county.rows(query, ADDRESS)[0][0]
            root = keys.box_root(master, self.public.realm, ADDRESS, issue)
            self._thief = Thief(root, self.public.realm, ADDRESS, epoch=0)
        self._thief.epoch = self.county.epoch(ADDRESS)
        return self._thief
