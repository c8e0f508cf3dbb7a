"""A folder of recordings as one image for the clips area: WAV files, read in place."""

import re
import wave
from pathlib import Path

from host_tools.build import romfs
from host_tools.build.boards import Board
from host_tools.problems import MISMATCH, NOT_FOUND, Problem

_NAME = re.compile(r"[a-z0-9_-]{1,24}\.wav")  # what a Box opens
_AREA = "clips"
_LARGEST_IMAGE = 16 << 20
_CHANNELS, _SAMPLE_BYTES, _RATE_HZ = 1, 2, 8000


def image(folder: Path) -> bytes:
    """Return the ROMFS image of a folder's WAV files; Problem naming the first unfit one."""
    if not folder.is_dir():
        raise Problem(f"{folder} is not a folder", "give the folder of the recordings", NOT_FOUND)
    paths = sorted(folder.glob("*.[wW][aA][vV]"))
    if not paths:
        raise Problem(f"there is no .wav file in {folder}", "put the recordings there", NOT_FOUND)
    if sum(path.stat().st_size for path in paths) > _LARGEST_IMAGE:
        raise Problem(f"{folder} holds more than any flash", "take out recordings", MISMATCH)
    for path in paths:
        _refuse_unfit(path)
    return romfs.image({path.name: path.read_bytes() for path in paths})


def refuse_too_big(board: Board, length: int) -> None:
    room = board.flash.row(_AREA).length
    if length > room:
        cause = f"these clips need {length:,} bytes, the area of {board.name} has {room:,}"
        raise Problem(cause, "take out recordings or shorten them", MISMATCH)


def _refuse_unfit(path: Path) -> None:
    if not _NAME.fullmatch(path.name):
        next_step = "use 1 to 24 of a-z, 0-9, _ and -, then .wav"
        raise Problem(f"no clip can be called {path.name}", next_step, MISMATCH)
    try:
        with wave.open(str(path), "rb") as clip:
            made = (clip.getnchannels(), clip.getsampwidth(), clip.getframerate())
            whole = len(clip.readframes(clip.getnframes())) == clip.getnframes() * _SAMPLE_BYTES
    except (wave.Error, EOFError) as why:
        raise _unplayable(path, str(why) or "it ends early") from None
    if made != (_CHANNELS, _SAMPLE_BYTES, _RATE_HZ) or not whole:
        raise _unplayable(path, "it is something else" if whole else "it ends early")


def _unplayable(path: Path, why: str) -> Problem:
    next_step = "save it as 16-bit PCM, one channel, 8000 samples a second"
    return Problem(f"{path} cannot be played in place: {why}", next_step, MISMATCH)
