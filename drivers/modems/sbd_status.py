"""What the status numbers of an SBD modem mean for a message.

Numbers and meanings: Iridium ISU AT Command Reference, +SBDIX and +SBDWB.  A number that does
not surely mean "not sent" is UNKNOWN, the reserved ones that only say "failure" included;
5 to 8 are the gateway's own word that it has not taken the message.
"""

from drivers.outcomes import REFUSED, SENT, UNKNOWN, Outcome

MT_RECEIVED, MT_FAILED = 1, 2
MT_TOO_BIG = 1  # as MO status: ours went, what waits for us does not fit this modem

_LAST_SUCCESS = 4
_REFUSALS = {
    5: "the gateway reported a failure",
    6: "the gateway reported a failure",
    7: "the gateway reported a failure",
    8: "the gateway reported a failure",
    11: "our queue at the gateway is full",
    12: "the message has too many segments",
    14: "a segment has an invalid size",
    15: "the gateway denies access",
    16: "the modem is locked",
    32: "no network service",
    33: "a fault of the antenna",
    34: "the radio is switched off",
    35: "the modem is busy",
    36: "it must wait 3 minutes from the last registration",
    37: "the service is disabled for now",
    38: "the network limits traffic now",
    64: "outside the permitted band",
    65: "the transmitter does not lock",
}
_DOUBTS = {
    10: "the call did not complete in time",
    13: "the session did not complete",
    17: "the gateway did not respond in time",
    18: "the radio link dropped",
    19: "the link failed",
}
_LOADING = {
    1: "too few bytes reached the modem within 60 s",
    2: "the message reached the modem damaged",
    3: "the modem does not take this size",
}


def succeeded(mo_status):
    """Return whether a session with this MO status completed."""
    return 0 <= mo_status <= _LAST_SUCCESS


def outcome(mo_status):
    """Return how a message ended whose session gave this MO status."""
    if succeeded(mo_status):
        return Outcome(SENT, "")
    if mo_status in _REFUSALS:
        return Outcome(REFUSED, _said(mo_status, _REFUSALS[mo_status]))
    return Outcome(UNKNOWN, _said(mo_status, _DOUBTS.get(mo_status, "a failure without a name")))


def loading(result):
    """Return why AT+SBDWB did not take a message; result is not 0."""
    return _said(result, _LOADING.get(result, "the modem did not take the message"))


def _said(number, words):
    return "status " + str(number) + ": " + words
