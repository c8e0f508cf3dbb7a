"""A message as a bundle of the Bundle Protocol 7 (RFC 9171), proven by a COSE security block.

No library writes these, so the blocks are written here as the RFCs have them: BPSec's abstract
security block (RFC 9172, section 3.6) with one result, a COSE message whose content is the
payload block and therefore detached.  The primary block is covered and needs no CRC.
"""

from typing import Any

import cbor2

from tests.bench_wire.contents import BOX, SEQ, Content

IPN, NOWHERE = 2, [1, 0]  # RFC 9171, section 4.2.5.1
COUNTY = 1
SERVICE = 1
CREATED_MS = 848_793_600_000  # since 2000: 2026-11-24T00:00Z
LIFETIME_MS = 7_200_000
PAYLOAD_TYPE, INTEGRITY_TYPE, CONFIDENTIALITY_TYPE = 1, 11, 12
PAYLOAD, SECURITY = 1, 2  # numbers of the blocks
COSE_CONTEXT = 3
ALG, KID, PARTIAL_IV = 1, 4, 6
SIGN1, ENCRYPT0 = 18, 16


def encoded(content: Content, payload: bytes) -> bytes:
    """Return the whole bundle: primary block, security block, payload block."""
    if not content.signed:
        payload += bytes(content.proof_bytes)  # BCB: the ciphertext takes its place
    blocks = _primary(content), _security(content), [PAYLOAD_TYPE, PAYLOAD, 0, 0, payload]
    return b"\x9f" + b"".join(map(cbor2.dumps, blocks)) + b"\xff"


def _primary(content: Content) -> list[Any]:
    source, destination = _ends(content)
    return [7, 0, 0, destination, source, NOWHERE, [CREATED_MS, SEQ], LIFETIME_MS]


def _security(content: Content) -> list[Any]:
    source, _ = _ends(content)
    if content.signed:
        cose = [cbor2.dumps({ALG: -8}), {KID: b"\1"}, None, bytes(content.proof_bytes)]
        kind, result = INTEGRITY_TYPE, [SIGN1, cbor2.dumps(cose)]
    else:
        cose = [cbor2.dumps({ALG: 10}), {PARTIAL_IV: SEQ.to_bytes(3, "big")}, None]
        kind, result = CONFIDENTIALITY_TYPE, [ENCRYPT0, cbor2.dumps(cose)]
    parts = ([PAYLOAD], COSE_CONTEXT, 0, source, [[result]])
    return [kind, SECURITY, 0, 0, b"".join(map(cbor2.dumps, parts))]


def _ends(content: Content) -> tuple[list[Any], list[Any]]:
    county = [IPN, [COUNTY, SERVICE]]
    village = [IPN, [BOX if content.address is None else content.address, SERVICE]]
    return (county, village) if content.signed else (village, county)
