"""Take the README's picture of the county's page: `make page-picture` (needs Chromium)."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from host_tools.demo import browser
from host_tools.demo.cast import ROOT
from host_tools.demo.script import Play
from host_tools.demo.stage import Stage

PICTURE = ROOT / "host_tools" / "gateway" / "page.png"
SIZE = (1200, 900)
PAINTED_S = 3.0


async def take(chromium: str) -> None:
    """Play a few acts in a folder that is thrown away, and save what the page shows then."""
    with tempfile.TemporaryDirectory() as folder:
        async with Stage(Path(folder) / "stage") as stage:
            await Play(stage, print).scene_for_a_picture()
            profile = Path(folder) / "chromium"
            shot = await asyncio.to_thread(
                browser.picture, chromium, stage.page, profile, SIZE, PAINTED_S
            )
    PICTURE.write_bytes(shot)


def main() -> int:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("there is no Chromium here; install it: apt-get install chromium", file=sys.stderr)
        return 1
    asyncio.run(take(chromium))
    print(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
