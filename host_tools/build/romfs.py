"""ROMFS images: files that MicroPython reads in place, where they lie in flash."""

from collections.abc import Mapping

from mpremote.romfs import VfsRomWriter


def image(files: Mapping[str, bytes]) -> bytes:
    """Return the ROMFS image of files, {path: content}; sorted, so that it is always the same."""
    writer = VfsRomWriter()
    _add(writer, _tree(files))
    return bytes(writer.finalise())


def _tree(files: Mapping[str, bytes]) -> dict:
    """Return {name: content, or such a folder of them}."""
    root: dict = {}
    for path in sorted(files):
        *folders, name = path.split("/")
        place = root
        for folder in folders:
            place = place.setdefault(folder, {})
        place[name] = files[path]
    return root


def _add(writer: VfsRomWriter, folder: dict) -> None:
    for name, content in folder.items():
        if isinstance(content, bytes):
            writer.mkfile(name, content)
            continue
        writer.opendir(name)
        _add(writer, content)
        writer.closedir()
