"""Each order that sounded has one closing report, and it says what the village heard."""

from tests.audit import reports
from tests.audit.finding import Finding
from tests.audit.hearing import honest_outcomes, is_whole, was_recorded
from tests.audit.orders import Order
from tests.audit.run import Run


def check(run: Run) -> Finding:
    sounded = [order for order in run.orders if run.soundings_of(order)]
    complaints = [sentence for order in sounded for sentence in _complaints(run, order)]
    return Finding(complaints, f"{len(sounded)} orders sounded")


def _complaints(run: Run, order: Order) -> list[str]:
    endings = reports.endings(run.kept, order.name)
    if len(endings) != 1:
        return [f"order {order.said} sounded and has {len(endings)} reports of its end, not one"]
    told, last = endings[0].fields, run.soundings_of(order)[-1]
    found = _untold_breaks(run, order, told.get("cause"))
    if not was_recorded(run, last.programme):
        return found
    outcome, honest = told.get("outcome"), honest_outcomes(run, order, last)
    if outcome not in honest:
        words = " or ".join(sorted(honest))
        found.append(f"order {order.said} is reported {outcome}; by its sound it was {words}")
    if told.get("times", 0) > _readings(order, last.programme.whole_voices()):
        found.append(f"order {order.said} is reported {told['times']} times, more than were heard")
    return found


def _readings(order: Order, whole_voices: int) -> int:
    """Return how often all of the voice was heard; a drill has three clips to one reading."""
    voices_a_reading = len(order.expected or ()) // order.repeats
    return whole_voices // max(1, voices_a_reading)


def _untold_breaks(run: Run, order: Order, cause: str | None) -> list[str]:
    """Each time the Box died within it is told, unless it was the last time it may try."""
    *earlier, last = run.soundings_of(order)
    broken = len(earlier) + (last.broken_off and not is_whole(run, order, last.programme))
    stages = reports.stages(run.kept, order.name)
    told = sum(stage.fields.get("outcome") == "interrupted" for stage in stages)
    if told + (cause == "too_many_tries") >= broken:
        return []
    return [f"order {order.said} was interrupted {broken} times and reported so {told} times"]
