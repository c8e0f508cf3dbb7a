"""Faults that the judge must catch before its word on the real code counts."""

from contextlib import AbstractContextManager
from unittest import mock

from drivers import records
from drivers.ring_store import RingStore
from firmware.keyring import Keyring
from tests.powercut.box import Box

_LEDGER = b"F"


class AcknowledgedBeforeCommit(Box):
    """The lamp changes, then the flash."""

    breaks = "lost"

    def keep(self, key: bytes, value: bytes) -> None:
        self.promise(key, value)
        self.store.put(key, value)


class _LateKeyring(Keyring):
    def next_seq(self) -> int:
        self._next += 1
        return self._next - 1

    def mark(self) -> None:
        if self._next > self._mark:
            self._reserve()


class MarkedLate(Box):
    """A number is used first and reserved afterwards."""

    breaks = "reused_nonces"
    keyring_class = _LateKeyring

    def promise(self, key: bytes, value: bytes) -> None:
        super().promise(key, value)
        self.keyring.mark()


class LedgerLeftBehind(Box):
    """The closed orders stay in their sector when it is erased."""

    breaks = "replayed"

    def prepare(self, store: RingStore) -> None:
        index = store._index
        carried, between = index.carried, index.between
        index.carried = lambda: [key for key in carried() if key[:1] != _LEDGER]
        index.between = lambda *ends: [key for key in between(*ends) if key[:1] != _LEDGER]


class TornAccepted(Box):
    """Nobody looks at a record's checksum."""

    breaks = "corrupt"

    @staticmethod
    def conditions() -> AbstractContextManager:
        return mock.patch.object(records, "_is_right", return_value=True)


class DeletedOnSent(Box):
    """The carrier's word is taken for the county's."""

    breaks = "lost"

    def promise(self, key: bytes, value: bytes) -> None:
        super().promise(key, value)
        self.store.remove(key)


PLANTED = (AcknowledgedBeforeCommit, MarkedLate, LedgerLeftBehind, TornAccepted, DeletedOnSent)
