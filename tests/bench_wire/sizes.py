"""The size part: whole frames of the reference messages, in bytes, in every form."""

from tests.bench_wire.contents import contents
from tests.bench_wire.forms import FORMS


def sizes() -> dict[str, dict[str, float | None]]:
    """Return {message: {form: bytes}}, the mean where a message has several samples."""
    return {
        name: {form: _mean([write(one) for one in samples]) for form, write in FORMS.items()}
        for name, samples in contents().items()
    }


def _mean(written: list[bytes | None]) -> float | None:
    lengths = [len(one) for one in written if one is not None]
    if not lengths:
        return None
    return lengths[0] if len(lengths) == 1 else round(sum(lengths) / len(lengths), 1)
