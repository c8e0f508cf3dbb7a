"""An order as a CAP 1.2 alert (OASIS), without a space too many, signed as XML is (RFC 9231)."""

import base64
from typing import Any
from xml.etree import ElementTree as Tree

from tests.bench_wire.contents import SEQ, Content, Word

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
ENVELOPED = SIGNATURE + "enveloped-signature"
CANONICAL = "http://www.w3.org/2001/10/xml-exc-c14n#"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ED25519 = "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519"
SENDER = "emergency@county.example"
ISSUED, EXPIRES = "2026-11-24T08:00:00+08:00", "2026-11-24T10:00:00+08:00"


def encoded(content: Content) -> bytes:
    """Return the whole alert in UTF-8; what CAP has no element for is a parameter."""
    alert = Tree.Element("alert", xmlns=CAP)
    withdrawn = content.fields.get("order")
    kind = "Cancel" if withdrawn else "Alert"
    head = {"identifier": _identifier(SEQ), "sender": SENDER, "sent": ISSUED, "status": "Actual"}
    _children(alert, {**head, "msgType": kind, "scope": "Public"})
    if withdrawn:
        _children(alert, {"note": content.fields["reason"].word})
        _children(alert, {"references": f"{SENDER},{_identifier(withdrawn['seq'])},{ISSUED}"})
    else:
        _info(Tree.SubElement(alert, "info"), content)
    _sign(alert, content)
    return Tree.tostring(alert, encoding="utf-8", xml_declaration=True)


def _info(info: Any, content: Content) -> None:
    said = dict(content.fields)
    event, text = said.pop("event").word, said.pop("text", None)
    said.pop("issued"), said.pop("valid_10min"), said.pop("rank")
    areas = said.pop("areas", None)
    _children(info, {"language": "zh-CN", "category": "Met", "event": event})
    _children(info, {"urgency": "Immediate", "severity": "Extreme", "certainty": "Observed"})
    _children(info, {"expires": EXPIRES} | ({"description": text} if text else {}))
    for name, value in said.items():
        parameter = Tree.SubElement(info, "parameter")
        _children(parameter, {"valueName": name, "value": _written(value)})
    area = Tree.SubElement(info, "area")
    _children(area, {"areaDesc": f"{content.address:04X}"})
    for number in areas or [content.address]:
        geocode = Tree.SubElement(area, "geocode")
        _children(geocode, {"valueName": "area", "value": str(number)})


def _sign(alert: Any, content: Content) -> None:
    signature = Tree.SubElement(alert, "Signature", xmlns=SIGNATURE)
    signed = Tree.SubElement(signature, "SignedInfo")
    Tree.SubElement(signed, "CanonicalizationMethod", Algorithm=CANONICAL)
    Tree.SubElement(signed, "SignatureMethod", Algorithm=ED25519)
    reference = Tree.SubElement(signed, "Reference", URI="")
    transforms = Tree.SubElement(reference, "Transforms")
    Tree.SubElement(transforms, "Transform", Algorithm=ENVELOPED)
    Tree.SubElement(reference, "DigestMethod", Algorithm=SHA256)
    _children(reference, {"DigestValue": _base64(32)})
    _children(signature, {"SignatureValue": _base64(content.proof_bytes)})
    _children(Tree.SubElement(signature, "KeyInfo"), {"KeyName": "1"})


def _children(parent: Any, named: dict[str, str]) -> None:
    for name, text in named.items():
        Tree.SubElement(parent, name).text = text


def _identifier(seq: int) -> str:
    return f"1-{seq}"


def _written(value: Any) -> str:
    if isinstance(value, Word):
        return value.word
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _base64(length: int) -> str:
    return base64.b64encode(bytes(length)).decode()
