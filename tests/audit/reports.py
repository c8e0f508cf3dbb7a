"""What the county holds of this Box, opened again from the sealed bytes it kept."""

import sqlite3
from typing import NamedTuple

from tests.audit import proofs, wire, words
from tests.audit.artefacts import Evidence
from tests.audit.words import Message, Unreadable


class Report(NamedTuple):
    """One row of the county; order is the order in which the Box made its reports."""

    row: int
    epoch: int
    frame: wire.Frame
    message: Message
    received_at: float

    @property
    def order(self) -> tuple[int, int]:
        return self.epoch, self.frame.seq

    @property
    def fields(self) -> dict:
        return self.message.fields


def kept(evidence: Evidence) -> list[Report]:
    """Return the rows that are genuine, as the Box numbered them."""
    found = [opened(evidence, row)[0] for row in rows(evidence)]
    return sorted((report for report in found if report), key=lambda report: report.order)


def rows(evidence: Evidence) -> list[sqlite3.Row]:
    """Return what the county keeps of this Box since it was provisioned for this run."""
    mine = (evidence.keys.address, evidence.keys.issue)
    return [row for row in evidence.tables["messages"] if (row["box"], row["issue"]) == mine]


def opened(evidence: Evidence, row: sqlite3.Row) -> tuple[Report | None, str]:
    """Return the Report in a row, or None and why it is none."""
    keys = evidence.keys
    try:
        frame = wire.read(bytes(row["frame"]))
        found = proofs.opened(keys.box_root, keys.realm, frame)
        if found is None or frame.mode != wire.SEALED or frame.down:
            return None, "no key of this Box seals it"
        message = words.read(False, frame.type, found[1])
    except Unreadable as why:
        return None, str(why)
    return Report(row["id"], found[0], frame, message, row["received_at"]), ""


def named(reports: list[Report], name: str) -> list[Report]:
    return [report for report in reports if report.message.name == name]


def endings(reports: list[Report], order: bytes) -> list[Report]:
    """Return the closing Playbacks of an order; there should be one."""
    return [report for report in stages(reports, order) if report.fields["stage"] == "finished"]


def stages(reports: list[Report], order: bytes) -> list[Report]:
    playbacks = named(reports, "Playback")
    return [report for report in playbacks if report.fields.get("order") == order]
