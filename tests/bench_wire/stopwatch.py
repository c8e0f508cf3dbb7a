"""Times what a frame costs on the interpreter it is started with; prints one JSON object, in µs.

Started by speed.py, on MicroPython and on CPython.  Each deed is done in many short rounds, the
deeds taking turns, and its best round counts: what else a machine does only ever adds time.
"""

import binascii
import json
import sys

import larzcbor

from protocol import cbor, ccm, ed25519, frame, messages, proof
from protocol.schema import UP
from tests.shared import test_messages as reference
from tests.shared.ed25519_vectors import REFERENCE_ORDER

try:
    from time import ticks_diff, ticks_us
except ImportError:
    from time import perf_counter

    def ticks_us():
        return perf_counter() * 1e6

    def ticks_diff(now, then):
        return now - then


ROUNDS = 60
KEY, REALM, EPOCH = bytes(16), b"county07", 3
HEADER = frame.Header(frame.SEALED, UP, 4, 4, True, 4660, reference.SEQ)
HEALTH = reference.HEALTH
BODY = messages.encode(UP, HEALTH)
VALUES = tuple(cbor.Reader(BODY).values(64))
ARRAY = larzcbor.encode(VALUES)
SIGNED = [binascii.unhexlify(part) for part in REFERENCE_ORDER]


def main():
    print(json.dumps(timed(deeds(*ciphers()))))


def ciphers():
    """Return who seals and who verifies here: the Box's own, or OpenSSL at the county."""
    if sys.implementation.name == "micropython":
        return ccm, ed25519.verify
    from host_tools import crypto  # noqa: PLC0415 - there is none on a Box

    return crypto, crypto.verify


def deeds(cipher, verify):
    """Return {name: (how often in a round, what is done)}."""
    sealed = proof.seal(cipher, KEY, EPOCH, REALM, HEADER, BODY)
    out = {
        "encode": (20, lambda: messages.encode(UP, HEALTH)),
        "decode": (20, lambda: messages.decode(UP, 4, BODY)),
        "seal": (10, lambda: proof.seal(cipher, KEY, EPOCH, REALM, HEADER, BODY)),
        "open": (10, lambda: proof.unseal(cipher, KEY, EPOCH, REALM, HEADER, sealed)),
        "verify": (1, lambda: verify(*SIGNED)),
        "cbor_encode": (50, lambda: cbor.sequence(*VALUES)),
        "cbor_decode": (50, lambda: cbor.Reader(BODY).values(64)),
        "general_encode": (50, lambda: larzcbor.encode(VALUES)),
        "general_decode": (50, lambda: larzcbor.decode(ARRAY)),
    }
    if sys.implementation.name != "micropython":
        import cbor2  # noqa: PLC0415

        out["cbor2_encode"] = (50, lambda: cbor2.dumps(VALUES))
        out["cbor2_decode"] = (50, lambda: cbor2.loads(ARRAY))
    return out


def timed(named):
    """Return {name: µs of its best round, for one time}."""
    best = {}
    for _ in range(ROUNDS):
        for name in named:
            times, deed = named[name]
            took = one_round(times, deed) / times
            best[name] = min(best.get(name, took), took)
    return {name: round(best[name], 2) for name in best}


def one_round(times, deed):
    begun = ticks_us()
    for _ in range(times):
        deed()
    return ticks_diff(ticks_us(), begun)


if __name__ == "__main__":
    main()
