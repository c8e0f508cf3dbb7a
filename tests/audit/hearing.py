"""What an honest Box may say of a Programme: from the sound, the loudspeaker and the roads."""

from tests.audit import processes, spans
from tests.audit.attribution import Sounding
from tests.audit.orders import Order
from tests.audit.programmes import Programme
from tests.audit.run import Run

LOOKS_S = 1.5  # the Box measures now and then: a fault that is shorter may escape it
EDGES_S = 0.5  # the amplifier is switched about the sound, not to the sample
CUT_WITHIN_S = 2.0  # so soon the higher order sounds after the lower was silenced


def honest_outcomes(run: Run, order: Order, sounding: Sounding) -> set[str]:
    """Return the words that are true of the last Programme of this order."""
    programme, honest = sounding.programme, set()
    if _was_cut(run, order, programme):
        honest.add("cut")
    if any(w.order == order.name and w.t <= programme.end for w in run.withdrawals):
        honest.add("cancelled")
    if sounding.broken_off:
        honest |= {"failed", "refused", "cancelled"}
    if is_whole(run, order, programme):
        return honest | _by_loudspeaker(run, programme)
    return honest or {"failed"}


def was_played(run: Run, order: Order, sounding: Sounding) -> bool:
    """Did the village hear all of it?"""
    programme = sounding.programme
    return is_whole(run, order, programme) and "played" in _by_loudspeaker(run, programme)


def is_whole(run: Run, order: Order, programme: Programme) -> bool:
    """Did all of it go out on the line?"""
    return programme.is_whole(order.expected or (), run.tone_s)


def was_recorded(run: Run, programme: Programme) -> bool:
    """Did the recorder live all the time?  Where it did not, the sound alone is no evidence."""
    deaths = processes.deaths(run.evidence, "audio", run.ends_at)
    return not any(programme.start <= death <= programme.end for death in deaths)


def _by_loudspeaker(run: Run, programme: Programme) -> set[str]:
    """Return the words that are true of a whole Programme, by what came out of the loudspeaker."""
    speaker, (start, end) = run.loudspeaker, (programme.start, programme.end)
    silent_s = end - start - spans.overlap_s(speaker.on, start, end)
    broken_s = spans.overlap_s(speaker.broken, start, end)
    if silent_s > EDGES_S or broken_s >= LOOKS_S:
        return {"failed"}
    return {"played", "failed"} if broken_s else {"played"}


def _was_cut(run: Run, order: Order, programme: Programme) -> bool:
    """Did a higher order begin where this one ended?"""
    return any(
        other.order
        and other.order.outranks(order)
        and 0 <= other.programme.start - programme.end <= CUT_WITHIN_S
        for other in run.soundings
    )
