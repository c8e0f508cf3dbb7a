"""Nothing is reported as playing or played that did not sound, or without its proof."""

from tests.audit import reports
from tests.audit.finding import Finding
from tests.audit.reports import Report
from tests.audit.run import Run


def check(run: Run) -> Finding:
    sounded = {order.name for order in run.orders if run.soundings_of(order)}
    playbacks = reports.named(run.kept, "Playback")
    complaints = []
    for playback in playbacks:
        if _claims_sound(playback) and playback.fields["order"] not in sounded:
            complaints.append(f"row {playback.row} says that {_said(playback)}, and it did not")
        elif playback.fields.get("outcome") == "played" and not _has_proof(playback):
            complaints.append(f"row {playback.row} says that {_said(playback)}, without a proof")
    return Finding(complaints, f"{len(playbacks)} Playbacks at the county")


def _claims_sound(playback: Report) -> bool:
    return playback.fields.get("outcome") == "played" or playback.fields["stage"] == "playing"


def _has_proof(playback: Report) -> bool:
    return bool(playback.fields.get("volts_mv") and playback.fields.get("amps_ma"))


def _said(playback: Report) -> str:
    order = playback.fields["order"]
    return f"order {order[0]}:{int.from_bytes(order[1:], 'big')} sounded"
