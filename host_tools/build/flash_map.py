"""The flash map of a board: read as data, and refused where it cannot be true of a chip."""

import ast
from dataclasses import dataclass
from pathlib import Path

from host_tools.problems import MISMATCH, NOT_FOUND, Problem

SECTOR_BYTES = 4096
FIRMWARE = "firmware"
SLOT = "slot_a"
# MicroPython reads ROMFS only where its own partition is not empty: one blank sector, the last
# of the firmware's row.
ROMFS_BYTES = SECTOR_BYTES


@dataclass(frozen=True)
class Row:
    name: str
    start: int
    length: int

    @property
    def end(self) -> int:
        return self.start + self.length


@dataclass(frozen=True)
class FlashMap:
    """rows: in the order of the flash, without gaps, the firmware first."""

    flash_bytes: int
    rows: tuple[Row, ...]

    def row(self, name: str) -> Row:
        for row in self.rows:
            if row.name == name:
                return row
        raise Problem(f"the flash map has no row {name}", "add it to flash_map.py", MISMATCH)

    @property
    def firmware_room(self) -> int:
        """Return the bytes that a firmware may fill."""
        return self.row(FIRMWARE).length - ROMFS_BYTES

    @property
    def storage(self) -> Row:
        """Return everything behind the firmware: what rp2.Flash() counts from."""
        start = self.row(FIRMWARE).end
        return Row("storage", start, self.flash_bytes - start)


def read(path: Path) -> FlashMap:
    """Return the checked flash map of a board; Problem with the first thing wrong in it."""
    if not path.is_file():
        raise Problem(f"{path} is missing", "every chip's board has a flash map", NOT_FOUND)
    try:
        flash_map = _table(ast.parse(path.read_text()))
    except (SyntaxError, ValueError, TypeError) as why:
        raise Problem(f"{path} cannot be read: {why}", "write numbers only", MISMATCH) from None
    wrong = complaint(flash_map)
    if wrong:
        raise Problem(f"{path}: {wrong}", "put the table right", MISMATCH)
    return flash_map


def complaint(flash_map: FlashMap) -> str:
    """Return the first thing wrong with a flash map, in words; nothing where it is right."""
    rows, expected = flash_map.rows, 0
    if not rows or rows[0].name != FIRMWARE:
        return f"the first row must be {FIRMWARE}"
    if len({row.name for row in rows}) < len(rows):
        return "two rows have the same name"
    for row in rows:
        wrong = _complaint_of_row(row, expected)
        if wrong:
            return wrong
        expected = row.end
    if expected > flash_map.flash_bytes:
        return (
            f"{rows[-1].name} ends at {expected:#x}, past the flash at {flash_map.flash_bytes:#x}"
        )
    if expected < flash_map.flash_bytes:
        return f"nothing owns {expected:#x} to {flash_map.flash_bytes:#x}"
    return ""


def _complaint_of_row(row: Row, expected: int) -> str:
    if row.length <= 0 or row.start % SECTOR_BYTES or row.length % SECTOR_BYTES:
        return f"{row.name} is not made of whole sectors of {SECTOR_BYTES} bytes"
    if row.start < expected:
        return (
            f"{row.name} at {row.start:#x} overlaps the row before it, which ends at {expected:#x}"
        )
    if row.start > expected:
        return f"nothing owns {expected:#x} to {row.start:#x}, before {row.name}"
    return ""


def _table(tree: ast.Module) -> FlashMap:
    """Take the table as data; ValueError where it is computed or of another shape."""
    values = {
        ast.unparse(node.targets[0]): ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
    }
    flash_bytes, rows = (values.get(name) for name in ("FLASH_BYTES", "FLASH_MAP"))
    if not isinstance(flash_bytes, int) or not isinstance(rows, tuple):
        raise ValueError("it needs FLASH_BYTES, a number, and FLASH_MAP, rows")
    if not all(list(map(type, row)) == [str, int, int] for row in rows):
        raise ValueError("a row is (name, first byte, bytes)")
    return FlashMap(flash_bytes, tuple(Row(*row) for row in rows))
