"""UF2 files: the flash image in one, taken from a file that anybody may have made."""

import struct
from dataclasses import dataclass
from pathlib import Path

from host_tools.problems import MISMATCH, NOT_FOUND, Problem

FLASH = 0x10000000  # where the chips see their flash
LARGEST_FLASH = 16 << 20

FAMILY_OF = {"rp2040": 0xE48BFF56, "rp2350": 0xE48BFF59}

_FAMILIES = {
    0xE48BFF56: ("rp2040", "RP2040"),
    0xE48BFF59: ("rp2350", "RP2350, Arm, secure"),
    0xE48BFF5A: ("rp2350-riscv", "RP2350, RISC-V"),
    0xE48BFF5B: ("rp2350-ns", "RP2350, Arm, non-secure"),
}
_ABSOLUTE = 0xE48BFF57  # of the block that works around the RP2350's erratum E10

_BLOCK = struct.Struct("<8I476sI")
_TOTAL_AT = 24  # in a block: how many there are
_BEGIN, _SECOND, _END = 0x0A324655, 0x9E5D5157, 0x0AB16F30
_HAS_FAMILY = 0x2000
_SECTOR_BYTES = 4096  # the bootloaders erase no less, so that no two parts may share one
_PAYLOAD_BYTES = 256  # one flash page, the only size the chips' bootloaders take
_LARGEST_FILE = LARGEST_FLASH // _PAYLOAD_BYTES * _BLOCK.size + _BLOCK.size


@dataclass(frozen=True)
class Part:
    """Content without gaps, from the address start on."""

    start: int
    content: bytes


@dataclass(frozen=True)
class Image:
    """What a UF2 file puts into flash: content from the address start on, and further parts."""

    family: int
    start: int
    content: bytes
    further: tuple[Part, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        return (Part(self.start, self.content), *self.further)

    @property
    def chip(self) -> str:
        return _FAMILIES[self.family][0]

    @property
    def family_name(self) -> str:
        return _FAMILIES[self.family][1]


@dataclass(frozen=True)
class _Block:
    address: int
    number: int
    total: int
    family: int
    payload: bytes


def load(path: Path) -> Image:
    """Read a UF2 file; Problem with one sentence where it is none or is not whole."""
    if not path.is_file():
        raise Problem(f"{path} is not there", "give the name of a UF2 file", NOT_FOUND)
    if path.stat().st_size > _LARGEST_FILE:
        raise _refused(path.name, "it is larger than any flash", "look for the right file")
    return read(path.read_bytes(), path.name)


def read(data: bytes, name: str = "this file") -> Image:
    """Return the image in the bytes of a UF2 file; Problem as from load."""
    if len(data) < _BLOCK.size or struct.unpack_from("<2I", data) != (_BEGIN, _SECOND):
        raise _refused(name, "it does not begin as a UF2 file does", "look for the right file")
    if len(data) % _BLOCK.size:
        raise _refused(name, "its last block is cut off")
    blocks = [_block(data, at, name) for at in range(0, len(data), _BLOCK.size)]
    if blocks[0].family == _ABSOLUTE:
        del blocks[0]
    _refuse_disorder(blocks, name)
    first, *further = _parts(blocks)
    return Image(blocks[0].family, first.start, first.content, tuple(further))


def with_part(data: bytes, part: Part) -> bytes:
    """Return the bytes of a UF2 file that puts this part into flash too, behind all others."""
    last = _BLOCK.unpack_from(data, len(data) - _BLOCK.size)
    flags, first, family = last[2], last[6], last[7]
    content = padded(part.content)
    total = first + len(content) // _PAYLOAD_BYTES
    out = bytearray(_counted(data, family, total))
    for at in range(0, len(content), _PAYLOAD_BYTES):
        place = (part.start + at, _PAYLOAD_BYTES, first + at // _PAYLOAD_BYTES, total, family)
        payload = content[at : at + _PAYLOAD_BYTES]
        out += _BLOCK.pack(_BEGIN, _SECOND, flags, *place, payload, _END)
    return bytes(out)


def padded(content: bytes) -> bytes:
    """Return content with erased flash behind it up to a whole page."""
    return content + b"\xff" * (-len(content) % _PAYLOAD_BYTES)


def _counted(data: bytes, family: int, total: int) -> bytes:
    """Return these blocks, each of this family saying that there are so many of them."""
    out = bytearray(data)
    for at in range(0, len(data), _BLOCK.size):
        if _BLOCK.unpack_from(data, at)[7] == family:
            struct.pack_into("<I", out, at + _TOTAL_AT, total)
    return bytes(out)


def refuse_other_chip(image: Image, chip: str, name: str) -> None:
    """Raise Problem unless this image is for this chip."""
    if image.chip != chip:
        cause = f"{name} is for another chip: it says {image.family_name}, the board has an "
        raise Problem(cause + chip.upper(), "take the image that was built for it", MISMATCH)


def _block(data: bytes, at: int, name: str) -> _Block:
    number = at // _BLOCK.size
    first, second, flags, address, length, *place, payload, end = _BLOCK.unpack_from(data, at)
    if (first, second, end) != (_BEGIN, _SECOND, _END):
        raise _refused(name, f"block {number} of it is damaged")
    if not flags & _HAS_FAMILY or length != _PAYLOAD_BYTES:
        next_step = "take an image for the RP2040 or RP2350"
        raise _refused(name, f"block {number} of it is not made for these chips", next_step)
    return _Block(address, *place, payload=payload[:length])


def _refuse_disorder(blocks: list[_Block], name: str) -> None:
    """Every block must follow the one before it or begin a sector: our own images are made so."""
    if not blocks:
        raise _refused(name, "there is nothing in it")
    first = blocks[0]
    if first.family not in _FAMILIES:
        next_step = "take an image for the RP2040 or RP2350"
        raise _refused(
            name, f"it is for an unknown family of chips, {first.family:#010x}", next_step
        )
    for number, block in enumerate(blocks):
        if not FLASH <= block.address <= FLASH + LARGEST_FLASH - _PAYLOAD_BYTES:
            raise _refused(name, f"it does not lie in flash but at {block.address:#010x}")
        wrong = _misplaced(block, number, blocks)
        if wrong:
            raise _refused(name, wrong)


def _misplaced(block: _Block, number: int, blocks: list[_Block]) -> str:
    first, total = blocks[0], len(blocks)
    if block.total != total:
        return f"it has {total} blocks of the {block.total} it speaks of"
    if block.family != first.family:
        return f"block {number} of it is for another chip than the first"
    if block.number != number:
        return f"block {block.number} of it stands where block {number} belongs"
    if number and not _follows(block, blocks[number - 1]):
        return f"block {number} of it leaves a gap or overlaps"
    return ""


def _follows(block: _Block, before: _Block) -> bool:
    """Return whether it lies just behind the other, or begins a sector further on."""
    end = before.address + _PAYLOAD_BYTES
    return block.address == end or (block.address > end and not block.address % _SECTOR_BYTES)


def _parts(blocks: list[_Block]) -> list[Part]:
    """Join the blocks that lie together; they are in order."""
    out: list[list[_Block]] = []
    for block in blocks:
        if out and block.address == out[-1][-1].address + _PAYLOAD_BYTES:
            out[-1].append(block)
        else:
            out.append([block])
    return [Part(one[0].address, b"".join(block.payload for block in one)) for one in out]


def _refused(name: str, why: str, next_step: str = "build or copy it again") -> Problem:
    return Problem(f"{name} cannot be used: {why}", next_step, MISMATCH)
