"""What a BeiDou terminal refused, with "Y" and a reason too, is not left as if it had gone."""

from tests.audit import ackings, sentences, wire
from tests.audit.finding import Finding
from tests.audit.run import Run
from tests.audit.sentences import BOX, Asking

# A Box rests up to 60 s after a refusal and as long as its card says; a message that went rests
# for 120 s.
AGAIN_WITHIN_S = 80.0


def check(run: Run) -> Finding:
    askings = sentences.askings(run.evidence.beidou, BOX)
    refused = [(at, one) for at, one in enumerate(askings) if one.went is False]
    left = [
        f"at {run.clock(one.t)} SEQ {_seq(head)} was refused, and not asked for again"
        for at, one in refused
        for head in _reports(run, one)
        if not _is_over(run, head, one.t + AGAIN_WITHIN_S)
        and not any(
            head in _reports(run, later) and later.t <= one.t + AGAIN_WITHIN_S
            for later in askings[at + 1 :]
        )
    ]
    return Finding(left, f"{len(refused)} refusals")


def _reports(run: Run, asking: Asking) -> list[bytes]:
    heads = wire.heads(asking.payload, run.evidence.keys.address)
    return [head for head in heads if wire.wants_ack(head)]


def _is_over(run: Run, head: bytes, t: float) -> bool:
    """Had the Box no reason to ask again by this time?"""
    acks = [ack for ack in ackings.given(run) if ack.reached and ack.t <= t]
    return run.ends_at <= t or any(ack.seq == _seq(head) for ack in acks)


def _seq(head: bytes) -> int:
    return int.from_bytes(head[4:7], "big")
