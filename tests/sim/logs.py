"""What a simulator has written down so far."""

import json
from pathlib import Path
from typing import Any


def entries(log: Path) -> list[dict[str, Any]]:
    """Return the lines of JSON that are written to their end."""
    return [json.loads(line) for line in log.read_text().split("\n")[:-1]]
