"""What a Box that was cut off finds again, held against what it had promised."""

from collections import Counter
from collections.abc import Callable

from drivers.errors import DriverError
from tests.fakes import MemoryCell
from tests.powercut.box import Box, Promises
from tests.powercut.chip import Chip

WORDS = ("lost", "corrupt", "resurrected", "reused_nonces", "stuck", "replayed")
_SLIP = b"S"
_MORE = 5
Start = Callable[[Chip, list[MemoryCell], Promises], Box]


def judged(start: Start, image: bytes, cells: list[MemoryCell], promises: Promises) -> Counter:
    """Start a Box on this image; return how often which promise was broken."""
    cells = [MemoryCell(cell.data) for cell in cells]
    try:
        box = start(Chip(image), cells, promises.copy())
        broken = _broken(box)
        return broken if broken else _going_on(box)
    except DriverError:
        return Counter(stuck=1)


def _broken(box: Box) -> Counter:
    promises = box.promises
    found = {key: value for key, value in box.store.items() if key[:1] == _SLIP}
    _settle(promises, found)
    kept = promises.kept
    broken = Counter()
    broken["lost"] = len(kept.keys() - found.keys())
    broken["resurrected"] = len(found.keys() & promises.acknowledged)
    unknown = found.keys() - kept.keys() - promises.acknowledged
    wrong = [key for key in found.keys() & kept.keys() if found[key] != kept[key]]
    broken["corrupt"] = len(unknown) + len(wrong) + (box.store.state == "damaged")
    broken["replayed"] = _sounding_again(box)
    broken["reused_nonces"] = len(promises.names & _next_names(box))
    return +broken


def _settle(promises: Promises, found: dict[bytes, bytes]) -> None:
    """The change under way may have happened or not; from now on it is as it was found."""
    if promises.doing is None:
        return
    key, value = promises.doing
    if value is None and key not in found:
        del promises.kept[key]
        promises.acknowledged.add(key)
    elif value is not None and found.get(key) == value:
        promises.kept[key] = value
    promises.doing = None


def _sounding_again(box: Box) -> int:
    """Return how many orders would be taken, or sound, that had been taken, or were over."""
    again = [order for order in box.promises.over if not box.ledger.over(order)]
    anew = [order for order in box.promises.taken if not box.ledger.known(order)]
    return len(again) + len(anew)


def _next_names(box: Box) -> set[bytes]:
    """Return the names of the next two records; using them up here is as good as a post."""
    seqs = [box.keyring.next_seq() for _ in range(2)]
    return {box.keyring.epoch.to_bytes(2, "big") + seq.to_bytes(3, "big") for seq in seqs}


def _going_on(box: Box) -> Counter:
    """Live on a little, restart, and look again."""
    for _ in range(_MORE):
        box.post()
        box.acknowledge()
        box.quiet_moment()
    box.order()
    box.restart()
    return _broken(box)
