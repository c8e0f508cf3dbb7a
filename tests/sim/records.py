"""What was written down while a stage was played: by the county, the Box and the simulators."""

from host_tools.demo.stage import Stage
from host_tools.demo.watching import County, Lines
from protocol.containers import KEEP_ALIVE
from tests.sim import hearing, lamps
from tests.sim.logs import entries
from tests.sim.waiting import until


class Records:
    """county reads the gateway's database, journal the Box's."""

    def __init__(self, stage: Stage):
        self.folder = stage.folder
        self.county = County(stage.database)
        self.journal = Lines(self.folder / "box" / "journal.log")

    def starts(self, name: str) -> int:
        """Return how often this process has said that it is ready."""
        log = Lines(self.folder / "logs" / f"{name}.log")
        return log.count("ready") + log.count("safe mode")

    def refusals(self) -> int:
        return self.journal.count("refused: ") + self.journal.count("not signed")

    def knows_the_time(self) -> bool:
        return any(boot.get("started") for boot in self.county.fields("Boot"))

    def heard_since(self, since: float) -> list[str]:
        """Return what has sounded since then, such as ["tone", "18", "tone"]."""
        return hearing.words(self.folder / "sound", self.folder / "box", since)

    def lamp(self, button: int, word: str) -> None:
        """Wait until this lamp says off, calling, delivered, taken or failed."""
        said = self.lamp_log(button)
        until(f"lamp {button} to say {word}", lambda: said.now() == word)

    def lamp_log(self, button: int) -> lamps.LampLog:
        return lamps.LampLog(self.folder / "panel.jsonl", button)

    def fault(self, code: str) -> int | None:
        """Return 1 while the county thinks that this fault is open, 0 once it cleared."""
        rows = self.county.rows("SELECT open FROM faults WHERE code = ?", code)
        return rows[0][0] if rows else None

    def road(self, direction: str, since: float) -> list[bytes]:
        """Return the payloads that went "up" or "down" the IP road since then."""
        return [
            bytes.fromhex(entry["hex"])
            for entry in entries(self.folder / "road.jsonl")
            if entry["t"] >= since and entry.get("dir") == direction and not entry["injected"]
            if entry["hex"] != KEEP_ALIVE.hex()
        ]

    def conflicts(self) -> int:
        return self.count("conflicts")

    def count(self, table: str) -> int:
        return self.county.rows(f"SELECT count(*) FROM {table}")[0][0]
