"""A headless Chromium that is told what to do through its DevTools pipe.

--screenshot alone will not do: a page with a live stream is never "loaded" for it.
Protocol: Chrome DevTools Protocol, one JSON object and a NUL each way (--remote-debugging-pipe).
"""

import base64
import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

MOST_MESSAGES = 1_000
READS_FROM, WRITES_TO = 3, 4  # the descriptors Chromium's pipe is known by


def picture(
    chromium: str, page: str, profile: Path, size: tuple[int, int], wait_s: float
) -> bytes:
    """Return a PNG of the page as it is wait_s after it was opened."""
    from_us, to_browser = os.pipe()
    to_us, from_browser = os.pipe()

    def numbered() -> None:
        os.dup2(from_us, READS_FROM)
        os.dup2(from_browser, WRITES_TO)

    command = [
        chromium,
        "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--disable-quic",
        f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}",
        "--remote-debugging-pipe", "about:blank",
    ]  # fmt: skip
    browser = subprocess.Popen(
        command,
        preexec_fn=numbered,  # noqa: PLW1509 - the descriptors have fixed numbers
        pass_fds=(READS_FROM, WRITES_TO),
        stderr=subprocess.DEVNULL,
    )
    os.close(from_us)
    os.close(from_browser)
    try:
        with os.fdopen(to_browser, "wb", buffering=0) as out, os.fdopen(to_us, "rb") as back:
            return _shot(_Talk(out, back), page, wait_s)
    finally:
        browser.kill()
        browser.wait()


def _shot(talk: "_Talk", page: str, wait_s: float) -> bytes:
    target = talk.ask("Target.createTarget", url=page)["targetId"]
    session = talk.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    time.sleep(wait_s)
    shot = talk.ask("Page.captureScreenshot", session=session, format="png")
    return base64.b64decode(shot["data"])


class _Talk:
    """Asks one thing at a time; events in between are passed over."""

    def __init__(self, out: Any, back: Any):
        self._out = out
        self._back = back
        self._number = 0

    def ask(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        question = {"id": self._number, "method": method, "params": parameters}
        if session:
            question["sessionId"] = session
        self._out.write(json.dumps(question).encode() + b"\0")
        for _ in range(MOST_MESSAGES):
            answer = json.loads(self._message())
            if answer.get("id") == self._number:
                return answer["result"]
        raise RuntimeError(f"Chromium did not answer {method}")

    def _message(self) -> bytes:
        found = bytearray()
        while (byte := self._back.read(1)) != b"\0":
            if not byte:
                raise RuntimeError("Chromium ended")
            found += byte
        return bytes(found)
