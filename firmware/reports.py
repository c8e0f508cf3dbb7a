"""What this Box says of itself when it starts, and until it knows the time."""

from drivers.errors import DriverError
from protocol import messages, table_area
from protocol.compat import const
from protocol.fingerprint import SCHEMA
from protocol.schema import STORE_STATE

SOFTWARE = const(1)  # rises with every release
TEMPLATES = const(1)  # generation of the template bank this release speaks

_KEY = const(b"B")
_ASK_AGAIN_MS = const(15_000)
_LOOK_MS = const(10_000)


class Reports:
    def __init__(self, hw, keyring, outbox, bearers, timekeeper, ledger, sentinel):
        self._hw = hw
        self._keyring = keyring
        self._outbox = outbox
        self._bearers = bearers
        self._timekeeper = timekeeper
        self._ledger = ledger
        self._sentinel = sentinel
        self._store_state = hw.store.state
        self._tables = table_area.announced(hw.tables)
        self._number = 0

    async def boot(self):
        """Tell the county that this Box started; ask for the time until it is known."""
        self._number = self._count()
        self._tell_of_the_store()
        self.tell()
        while not self._timekeeper.trusted():
            await self._answer_or_pause()
            if not self._timekeeper.trusted() and not self._asking():
                self.tell()
        while True:
            told = self._keys()
            self.tell()
            while self._keys() == told:
                await self._hw.clock.sleep_ms(_LOOK_MS)

    def tell(self):
        """Report this start; the newest report of it replaces what was not handed over."""
        self._sentinel.post(self._boot(), instead_of=("Boot",))

    def _count(self):
        """Return the number of this start, one higher than the last."""
        number = int.from_bytes(self._hw.store.get(_KEY) or b"\0", "big") + 1
        try:
            self._hw.store.put(_KEY, number.to_bytes(4, "big"))
        except DriverError:
            self._sentinel.open("store_full")
        return number

    def _tell_of_the_store(self):
        for state in STORE_STATE[1:]:
            if state == self._store_state:
                self._sentinel.open("store_" + state)
            else:
                self._sentinel.clear("store_" + state)

    async def _answer_or_pause(self):
        for _ in range(_ASK_AGAIN_MS // 250):
            if self._timekeeper.trusted():
                return
            await self._hw.clock.sleep_ms(250)

    def _keys(self):
        """What the county must be told of anew as soon as it is otherwise."""
        return self._keyring.version, self._keyring.epoch, self._outbox.oldest_epoch()

    def _asking(self):
        return any(slip.row.name == "Boot" for slip in self._outbox)

    def _boot(self):
        return messages.make(
            "Boot",
            boot=self._number,
            cause=self._hw.reset_cause,
            started=self._timekeeper.start_minute(),
            software=SOFTWARE,
            schema=SCHEMA,
            store=self._store_state,
            counters=self._ledger.counters(),
            roads=tuple(bearer.kind.mtu for bearer in self._bearers),
            templates=TEMPLATES,
            languages=1,
            tables=self._tables or None,
            keyring=self._keyring.version,
            oldest_epoch=self._outbox.oldest_epoch(),
        )
