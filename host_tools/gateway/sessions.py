"""How a modem's session with Iridium ended, as the carrier tells it beside what the modem sent.

Source: Iridium Short Burst Data Service Developers Guide, release 3.0, chapter 5 ("MO DirectIP
header", session status); RockBLOCK's `iridium_session_status` is the same number.
"""

_COMPLETE = {0, 1, 2}  # 1: a message for it was too large; 2: where it is was not learned
_INCOMPLETE = {
    10: "timed out before it was complete",
    12: "the message was too large for a session",
    13: "the radio link was lost",
    14: "an anomaly in the IMEI protocol",
    15: "this IMEI may not use the network",
}


def incomplete(status: int) -> str | None:
    """Return what went wrong, or None for a session that was complete."""
    if status in _COMPLETE:
        return None
    return f"session status {status}: {_INCOMPLETE.get(status, 'not known here')}"


def line(imei: str, wrong: str, payload: bytes) -> str:
    """Return the journal's line: what came is kept all the same, and nothing is said of more."""
    brought = f"its {len(payload)} bytes are taken" if payload else "it brought nothing"
    return f"the modem {imei} had an incomplete session, {wrong}; {brought}"
