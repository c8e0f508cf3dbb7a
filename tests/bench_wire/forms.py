"""The same message in every form that is compared; README.md says how each is counted."""

import base64
import json
from collections.abc import Callable
from typing import Any

import cbor2

from host_tools import crypto
from protocol import frame, messages, proof
from tests.bench_wire import bundle, cap, protobuf
from tests.bench_wire.contents import BOX, SEQ, Content, Word

REALM = b"county07"
EPOCH = 3
KEY = bytes(range(16))
PRIVATE = bytes(range(32))
ALG, KID, PARTIAL_IV = 1, 4, 6  # RFC 9052, section 3.1
TYPE, NUMBER, TO = 0, -1, -2  # keys of the map; the fields count from 1


def ours(content: Content) -> bytes:
    """Our frame, really proven; its address stays at home where the carrier names the Box."""
    row = messages.row_of(content.direction, content.record)
    mode = frame.SIGNED if content.signed else frame.SEALED
    address = BOX if content.address is None else content.address
    header = frame.Header(mode, content.direction, row.number, row.priority, True, address, SEQ)
    body = messages.encode(content.direction, content.record)
    if content.signed:
        signature = crypto.sign(PRIVATE, proof.to_be_signed(REALM, header, body))
        return frame.write(header, body + signature)
    protected = proof.seal(crypto, KEY, EPOCH, REALM, header, body)
    return frame.write(header, protected, elided=content.address is None)


def as_json(content: Content) -> bytes:
    """Compact JSON; the proof in base64url."""
    proven = base64.urlsafe_b64encode(bytes(content.proof_bytes)).rstrip(b"=").decode()
    whole = {**_named(content), "proof": proven}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def as_cbor(content: Content) -> bytes:
    """CBOR with names for keys; the proof a byte string."""
    return cbor2.dumps({**_named(content), "proof": bytes(content.proof_bytes)})


def as_protobuf(content: Content) -> bytes:
    """A frame by a .proto of its own: one optional field for each thing said."""
    said = {"seq": SEQ, "proof": bytes(content.proof_bytes)}
    if content.address is not None:
        said["to"] = content.address
    return protobuf.encoded(content.type, said, _without_words(content))


def as_cose(content: Content) -> bytes:
    """COSE_Sign1 or COSE_Encrypt0 over a map with integers for keys."""
    said = _numbered(content)
    if content.address is not None:
        said[TO] = content.address
    if not content.signed:
        sealed = cbor2.dumps(said) + bytes(content.proof_bytes)
        return cbor2.dumps([cbor2.dumps({ALG: 10}), {PARTIAL_IV: SEQ.to_bytes(3, "big")}, sealed])
    plaintext = cbor2.dumps({NUMBER: SEQ, **said})
    signature = bytes(content.proof_bytes)
    return cbor2.dumps([cbor2.dumps({ALG: -8}), {KID: b"\1"}, plaintext, signature])


def as_bundle(content: Content) -> bytes:
    """A BPv7 bundle around the same map, with a COSE security block."""
    return bundle.encoded(content, cbor2.dumps(_numbered(content)))


def as_cap(content: Content) -> bytes | None:
    """A CAP 1.2 alert with an XML signature; only what the county orders can be one."""
    return cap.encoded(content) if content.signed else None


FORMS: dict[str, Callable[[Content], bytes | None]] = {
    "ours": ours,
    "cose": as_cose,
    "protobuf": as_protobuf,
    "cbor": as_cbor,
    "bpv7": as_bundle,
    "json": as_json,
    "cap": as_cap,
}


def _named(content: Content) -> dict[str, Any]:
    said: dict[str, Any] = {"type": content.type.word, "seq": SEQ}
    if content.address is not None:
        said["to"] = content.address
    return said | {name: _word_or(value) for name, value in content.fields.items()}


def _numbered(content: Content) -> dict[int, Any]:
    """Return what is said with integers for keys, apart from what headers say."""
    said: dict[int, Any] = {TYPE: content.type.number}
    for key, value in enumerate(_without_words(content).values(), 1):
        said[key] = dict(enumerate(value.values(), 1)) if isinstance(value, dict) else value
    return said


def _without_words(content: Content) -> dict[str, Any]:
    return {name: _number_or(value) for name, value in content.fields.items()}


def _word_or(value: Any) -> Any:
    return value.word if isinstance(value, Word) else value


def _number_or(value: Any) -> Any:
    return value.number if isinstance(value, Word) else value
