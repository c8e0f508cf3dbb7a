"""What an order makes a village hear, in Chinese and in English."""

from collections.abc import Sequence

from host_tools import templates

_SIREN = {
    "steady": ("警报声，连续", "a steady siren"),
    "pulsed": ("警报声，断续", "a pulsed siren"),
    "two_tone": ("警报声，双音", "a two-tone siren"),
}


def of(
    template: int | None, slots: Sequence[int] | None, clip: int | None, siren: str | None
) -> tuple[str, str]:
    """Return the words of an order without a text, or raise Problem."""
    if siren is not None:
        return _SIREN[siren]
    if clip is not None:
        return f"录音 {clip}", f"recording {clip}"
    return templates.find(template or 0).filled(slots or ())
