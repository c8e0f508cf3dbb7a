"""Whether a Box sealed these bytes, and in which of its epochs."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from protocol import keys, proof

_LAST_EPOCH = 0xFFFF
_MOST_BACK = 64  # epochs that one forged frame may cost
_KEYS_KEPT = 8_192


class BoxKeys:
    """Every key of every Box, derived from the county's master when asked for."""

    def __init__(self, master: bytes, realm: bytes):
        self.realm = realm
        self._master = master
        self._roots = lru_cache(_KEYS_KEPT)(self._root)
        self._traffic = lru_cache(_KEYS_KEPT)(self._key)

    def traffic(self, address: int, issue: int, epoch: int, purpose: str) -> bytes:
        """Return the 16-byte key of a purpose, as protocol.keys names them."""
        return self._traffic(address, issue, epoch, purpose)

    def _root(self, address: int, issue: int) -> bytes:
        return keys.box_root(self._master, self.realm, address, issue)

    def _key(self, address: int, issue: int, epoch: int, purpose: str) -> bytes:
        return keys.traffic_key(self._roots(address, issue), epoch, purpose)


class Verifier:
    """cipher is host_tools.crypto or has its shape."""

    def __init__(self, box_keys: BoxKeys, cipher: Any):
        self._keys = box_keys
        self._cipher = cipher

    def unseal(self, box: Any, header: Any, protected: bytes) -> tuple[int, bytes]:
        """Return (epoch, body) of an upward SEALED or LOCAL frame, or raise ValueError.

        box has address, issue; epoch, the newest it was heard in; and oldest_epoch, the oldest
        of what waited there when it last said so, or None.
        """
        why = ValueError("no epoch to try")
        for epoch in epochs_to_try(box.epoch, box.oldest_epoch):
            key = self._keys.traffic(box.address, box.issue, epoch, proof.purpose(header))
            try:
                body = proof.unseal(self._cipher, key, epoch, self._keys.realm, header, protected)
                return epoch, body
            except ValueError as forged:
                why = forged
        raise why


def epochs_to_try(current: int, oldest: int | None) -> Iterator[int]:
    """Yield the epochs a frame may be of, the likeliest first.

    An old one is accepted until its Box says that nothing older than another waits there.
    """
    yield from range(current, min(current + keys.EPOCHS_AHEAD, _LAST_EPOCH) + 1)
    least = current - keys.EPOCHS_AHEAD if oldest is None else max(oldest, current - _MOST_BACK)
    yield from range(current - 1, max(least, 0) - 1, -1)
