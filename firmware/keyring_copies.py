"""The two copies of the keyring file: whenever the power goes, one of them can be used."""

from drivers.errors import DriverError, StoreFailed
from protocol import keyring_file


class NoKeys(Exception):
    """This Box was not provisioned, or its keyring is for another board."""


def newest(cells, unique_id):
    """Return the file in the newest readable copy that is for this board, or raise NoKeys."""
    best, why = None, "no keyring"
    for cell in cells:
        try:
            copy = keyring_file.read(cell.read())
        except (OSError, ValueError) as error:
            why = str(error)
            continue
        if copy.unique_id != unique_id:
            why = "the keyring belongs to another board"
        elif best is None or _age(copy) > _age(best):
            best = copy
    if best is None:
        raise NoKeys("not provisioned: " + why)
    return best


def write(cells, ring):
    """Replace both copies, one after the other; raise StoreFailed if neither was kept."""
    kept, data = 0, keyring_file.write(ring)
    for cell in cells:
        try:
            cell.write(data)
            kept += 1
        except DriverError:
            pass  # the other copy may be kept
    if not kept:
        raise StoreFailed("neither copy of the keyring was kept")


def mend(cells, ring):
    """A copy that is damaged, or of before a power cut, must never be believed later on."""
    data = keyring_file.write(ring)
    for cell in cells:
        try:
            if _content(cell) != data:
                cell.write(data)
        except DriverError:
            pass  # one good copy is enough


def _age(copy):
    """Of two copies the higher counts: whatever writes one raises its version or its epoch."""
    return copy.issue, copy.version, copy.epoch


def _content(cell):
    try:
        return cell.read()
    except OSError:
        return None
