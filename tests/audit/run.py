"""A finished run as the judge understands it: what came, what sounded, what was told."""

from typing import NamedTuple

from tests.audit import (
    attribution,
    loudspeaker,
    orders,
    outages,
    presses,
    processes,
    programmes,
    recording,
    reports,
    roads,
    spans,
)  # fmt: skip
from tests.audit.artefacts import Evidence
from tests.audit.attribution import Sounding
from tests.audit.lamps import Blink
from tests.audit.loudspeaker import Loudspeaker
from tests.audit.orders import Order, Withdrawal
from tests.audit.presses import Called
from tests.audit.reports import Report
from tests.audit.roads import Seen
from tests.audit.spans import Span


class Run(NamedTuple):
    """Everything that the checks ask about; made once, never changed."""

    evidence: Evidence
    begins_at: float
    ends_at: float
    box_deaths: list[float]
    outages: list[Span]
    sightings: list[Seen]
    orders: list[Order]
    withdrawals: list[Withdrawal]
    kept: list[Report]
    loudspeaker: Loudspeaker
    soundings: list[Sounding]
    lamps: dict[int, list[Blink]]
    calls: list[Called]
    calls_of_nobody: list[Report]

    @property
    def tone_s(self) -> float:
        return self.evidence.settings["alert"]["tone_ms"] / 1000

    def clock(self, t: float) -> str:
        """Return a time as people read it beside the run: seconds since it began."""
        return f"{t - self.begins_at:.1f} s"

    def soundings_of(self, order: Order) -> list[Sounding]:
        return [sounding for sounding in self.soundings if sounding.order is order]


def understand(evidence: Evidence) -> Run:
    """Return the Run behind this evidence."""
    ends_at = _ends_at(evidence)
    alive = processes.alive(evidence, "box", ends_at)
    deaths = processes.deaths(evidence, "box", ends_at)
    sightings = roads.seen(evidence)
    signed = roads.signed_for_the_box([s for s in sightings if spans.holds_at(alive, s.t)])
    received = orders.received(evidence, signed)
    kept = reports.kept(evidence)
    speaker = loudspeaker.observe(evidence, ends_at)
    lit = presses.blinks_of(evidence, ends_at)
    called, nobodys = presses.match(presses.presses(evidence, lit, ends_at), kept)
    return Run(
        evidence=evidence,
        begins_at=evidence.stage[0]["t"] if evidence.stage else 0.0,
        ends_at=ends_at,
        box_deaths=deaths,
        outages=outages.of_all_roads(evidence, ends_at),
        sightings=sightings,
        orders=received,
        withdrawals=orders.withdrawals(evidence, signed, received),
        kept=kept,
        loudspeaker=speaker,
        soundings=attribution.attribute(_heard(evidence, speaker), received, kept, deaths),
        lamps=lit,
        calls=called,
        calls_of_nobody=nobodys,
    )


def _heard(evidence: Evidence, speaker: Loudspeaker) -> list[programmes.Programme]:
    takes = recording.takes(evidence.recording, speaker.wakes)
    tone_hz = evidence.settings["alert"]["tone_hz"]
    return programmes.heard(takes, tone_hz, evidence.clips)


def _ends_at(evidence: Evidence) -> float:
    """Return when the last thing was noted anywhere, a moment later."""
    logs = (
        evidence.road, evidence.iridium, evidence.beidou, evidence.amplifier, evidence.panel,
        evidence.stage,
    )  # fmt: skip
    return max((log[-1]["t"] for log in logs if log), default=0.0) + 0.001
