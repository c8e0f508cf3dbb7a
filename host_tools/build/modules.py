"""Which Python modules an image holds: a board's manifest, resolved and put in order."""

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from host_tools.build import names, release, sources
from host_tools.build.boards import Board
from host_tools.problems import MISMATCH, Problem


@dataclass(frozen=True)
class Module:
    """name: path in the image, `firmware/box.py`; level: how far mpy-cross optimises, if said."""

    name: str
    source: Path
    level: int | None = None

    @property
    def updated(self) -> bool:
        """Does a release in a slot replace it?  Our packages are; MicroPython's own are not.

        Modules outside a package start the chip, before anybody has chosen a slot.
        """
        ours = not self.source.resolve().is_relative_to(sources.MICROPYTHON.resolve())
        return ours and ("/" in self.name or self.name == release.MODULE)


def of(board: Board, generated: Path) -> list[Module]:
    """Write the build's own modules into a folder; return all that an image holds, in order.

    In order, because the file system's own order would make the same sources another image.
    """
    generated.mkdir(parents=True, exist_ok=True)
    found = {module.name: module for module in _resolved(board)}
    written = {
        release.MODULE: release.module(release.of(board)),
        names.MODULE: names.module([*found]),
    }
    for name, source in written.items():
        (generated / name).write_text(source)
        found[name] = Module(name, generated / name)
    return [found[name] for name in sorted(found)]


def write_manifest(modules: list[Module], path: Path) -> None:
    """Write the manifest from which MicroPython freezes exactly these modules."""
    path.write_text("".join(f"freeze_as_mpy{_arguments(module)}\n" for module in modules))


def _arguments(module: Module) -> tuple[str, str, int | None]:
    base = str(module.source).removesuffix(module.name)
    return base, module.name, module.level


def _resolved(board: Board) -> list[Module]:
    manifests = _manifests()
    variables = {
        "MPY_DIR": str(sources.MICROPYTHON),
        "PORT_DIR": str(sources.MICROPYTHON / "ports/rp2"),
        "BOARD_DIR": str(board.folder),
        "MPY_LIB_DIR": str(sources.LIBRARIES),
    }
    manifest = manifests.ManifestFile(manifests.MODE_FREEZE, variables)
    try:
        manifest.execute(str(board.folder / "manifest.py"))
    except manifests.ManifestFileError as why:
        cause = f"the manifest of {board.name} cannot be read: {why}"
        raise Problem(cause, f"look at {board.folder}/manifest.py", MISMATCH) from None
    return [Module(one.target_path, Path(one.full_path), one.opt) for one in manifest.files()]


def _manifests():
    """Return MicroPython's own reader of manifests."""
    path = sources.MICROPYTHON / "tools/manifestfile.py"
    spec = importlib.util.spec_from_file_location("manifestfile", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
