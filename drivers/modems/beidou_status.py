"""What the feedback of a BeiDou terminal means for a message.

`Y` with a reason occurs and is no success.  Reasons: for TCQ those of BDBluetoothTools and of
public drivers of BDS-3 terminals; for TXA the suppression of the 2.1 protocol, and what is seen.
"""

from drivers.modems.beidou_words import BDS_2, BDS_3
from drivers.outcomes import REFUSED, SENT, UNKNOWN, Outcome

_TOO_EARLY = "the card's interval is not over"
_SILENT = "the terminal is set to radio silence"
_COMMON = {
    4: "no satellite signal is locked",
    5: "the terminal has no card",
    6: "the card has no permission",
    11: "the request reached the terminal damaged",
}
_REASONS = {
    BDS_2: {1: "the system suppresses sending", 2: "suppressed: low battery", 3: _SILENT},
    BDS_3: {1: _TOO_EARLY, 2: "the system suppresses sending", 3: _SILENT},
}


def outcome(feedback):
    """Return how a message ended whose request had this beidou_words.Feedback."""
    reason = feedback.reason
    why = _REASONS[feedback.dialect].get(reason) or _COMMON.get(reason)
    if why is not None:
        return Outcome(REFUSED, "reason " + str(reason) + ": " + why)
    if reason == 0 and "N" not in feedback.went:
        return Outcome(SENT, "")
    if not reason and feedback.went == "NN":
        return Outcome(REFUSED, _TOO_EARLY)
    if not reason and feedback.went in ("N", "NY"):
        return Outcome(REFUSED, "the terminal did not send it")
    return Outcome(UNKNOWN, "the terminal says " + feedback.went + " for reason " + str(reason))
