"""What the Box reported and whether the county has it: once, no more and no less."""

from collections import Counter

from tests.audit import reports, spans
from tests.audit.roads import Seen
from tests.audit.run import Run

ON_ITS_WAY_S = 5.0  # what was first sent so shortly before the end is still in the Box's store


def sent(run: Run) -> dict[bytes, Seen]:
    """Return the first sighting of every frame that the Box wants acknowledged."""
    first: dict[bytes, Seen] = {}
    for one in run.sightings:
        frame = one.frame
        if one.ours and not frame.down and frame.ack_wanted and one.epoch is not None:
            first.setdefault(frame.whole, one)
    return first


def lost(run: Run) -> list[str]:
    """Return a sentence for each report, press and Programme the county has no word of."""
    return lost_frames(run) + lost_presses(run) + lost_endings(run)


def lost_frames(run: Run) -> list[str]:
    have = {report.frame.whole for report in run.kept}
    return [
        f"the {one.message.name if one.message else 'frame'} of epoch {one.epoch}"
        f" SEQ {one.frame.seq} was sent and is not at the county"
        for whole, one in sent(run).items()
        if whole not in have and one.t < run.ends_at - ON_ITS_WAY_S
    ]


def lost_presses(run: Run) -> list[str]:
    return [
        f"button {one.press.button} was pressed at {run.clock(one.press.t)}"
        " and no call is at the county"
        for one in run.calls
        if one.press.due and one.call is None
    ]


def lost_endings(run: Run) -> list[str]:
    return [
        f"order {order.said} sounded and no report of its end is at the county"
        for order in run.orders
        if run.soundings_of(order) and not reports.endings(run.kept, order.name)
    ]


def doubled(run: Run) -> list[str]:
    """Return a sentence for each report the county has more than once."""
    numbers = Counter(report.order for report in run.kept)
    rows = [f"epoch {e} SEQ {seq} has {n} rows" for (e, seq), n in numbers.items() if n > 1]
    calls = [f"no press of its own made call {call.row}" for call in run.calls_of_nobody]
    names = {order.name: order.said for order in run.orders}
    ends = {said: len(reports.endings(run.kept, name)) for name, said in names.items()}
    told = [f"order {said} has {n} reports of its end" for said, n in ends.items() if n > 1]
    return rows + calls + told


def during_outages(run: Run) -> set[bytes]:
    """Return the frames of the reports that the Box made while all roads were cut."""
    first_sent = {whole for whole, one in sent(run).items() if spans.holds_at(run.outages, one.t)}
    calls = {
        one.call.frame.whole
        for one in run.calls
        if one.call and spans.holds_at(run.outages, one.press.t)
    }
    told = {
        end.frame.whole
        for programme, order, *_ in run.soundings
        if order and spans.overlap_s(run.outages, programme.start, programme.end)
        for end in reports.endings(run.kept, order.name)
    }
    return first_sent | calls | told
