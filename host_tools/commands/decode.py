"""`fengsui decode`: the bytes of a frame with their meaning."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from host_tools import cose, describe, provision
from host_tools import decode as decoding
from host_tools.commands import screen
from host_tools.commands.options import PassphraseFile
from host_tools.keys import passphrases, store
from host_tools.problems import GENERAL, MISMATCH
from protocol import frame

_SEALED = (frame.SEALED, frame.LOCAL)


def decode(
    hex_bytes: Annotated[
        str, typer.Argument(metavar="HEX", help="The bytes in hexadecimal; - reads them.")
    ],
    county: Annotated[
        Path | None,
        typer.Option(
            envvar="FENGSUI_COUNTY", help="Prove it against this county's keys.", show_envvar=True
        ),
    ] = None,
    box: Annotated[
        int | None, typer.Option(help="Address of the Box whose modem it came from.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_cose: Annotated[
        bool, typer.Option("--cose", help="Show the COSE object it is short for.")
    ] = False,
) -> None:
    """Take a frame, or a pack of them, apart: each byte with its meaning.

    With --county a signature is checked, and a SEALED frame is opened when the gateway's
    passphrase is at hand.  Exit code 5: not genuine.  Exit code 1: unreadable.

    With --cose each frame is written out as RFC 9052 has it, in diagnostic notation; a SEALED
    one once it is opened, for its nonce holds the epoch.
    """
    payload = decoding.unhex(sys.stdin.read() if hex_bytes == "-" else hex_bytes)
    at_hand = decoding.CountyKeys()
    frames = decoding.decode(payload, at_hand, box)
    if county is not None:
        at_hand = _keys_at_hand(county, frames, passphrase_file)
        frames = decoding.decode(payload, at_hand, box)
    picture = _written_out(frames, at_hand) if as_cose else _picture(frames)
    screen.current().lines([_fields(one) for one in frames], picture)
    raise typer.Exit(_verdict(frames))


def _keys_at_hand(
    county: Path, frames: list[decoding.Decoded], file: Path | None
) -> decoding.CountyKeys:
    public = store.load_public(county)
    if not any(one.header and one.header.mode in _SEALED for one in frames):
        return decoding.CountyKeys(public)
    if not (file or "FENGSUI_GATEWAY_PASSPHRASE" in os.environ or sys.stdin.isatty()):
        screen.current().say("Without the gateway's passphrase SEALED frames stay closed.")
        return decoding.CountyKeys(public)
    master = store.load_master(county, passphrases.obtain(passphrases.GATEWAY, file))
    issues = {address: box["issue"] for address, box in provision.boxes(county).items()}
    return decoding.CountyKeys(public, master, issues)


def _verdict(frames: list[decoding.Decoded]) -> int:
    every = list(decoding.all_of(frames))
    if any(one.proof == decoding.FORGED for one in every):
        return MISMATCH
    return GENERAL if any(one.why for one in every) else 0


def _fields(one: decoding.Decoded) -> dict[str, Any]:
    out: dict[str, Any] = {"hex": one.raw.hex(), "why": one.why}
    if one.header is not None:
        out.update(header=one.header._asdict(), type=describe.type_name(one.header))
        out.update(proof=one.proof, proven_by=one.proven_by)
    if one.message is not None:
        out["message"] = describe.fields(one.message)
    if one.inside:
        out["inside"] = [_fields(inner) for inner in one.inside]
    return out


def _picture(frames: list[decoding.Decoded], margin: str = "") -> list[str]:
    out = []
    for one in frames:
        out += ["", f"{len(one.raw)} bytes"] if out else [f"{len(one.raw)} bytes"]
        out += describe.lines(one.parts[: one.opened_from])
        if one.opened is not None:
            out.append(f"opened, {len(one.opened)} bytes")
            out += describe.lines(one.parts[one.opened_from :])
        out.append(_judgement(one))
        out += _picture(one.inside, "    ")
    return [margin + line if line else line for line in out]


def _written_out(frames: list[decoding.Decoded], at_hand: decoding.CountyKeys) -> list[str]:
    """Return each frame as COSE and, where the county is known, what is proven with it."""
    realm, out = at_hand.public and at_hand.public.realm, []
    for one in decoding.all_of(frames):
        whole = decoding.expanded(one, realm or b"")
        if whole is None:
            out.append(f"not written out: {one.why or 'its epoch is not known (--county)'}")
            continue
        out.append(cose.diagnostic(whole.cose))
        if realm:
            out.append(f"external_aad h'{whole.external_aad.hex()}'")
        out.append(_judgement(one))
    return out


def _judgement(one: decoding.Decoded) -> str:
    if one.why:
        return f"refused: {one.why}"
    by = f": {one.proven_by}" if one.proven_by else ""
    return {
        decoding.GENUINE: f"genuine{by}",
        decoding.FORGED: f"NOT genuine{by}",
        decoding.IN_PIECES: "not checked: a proof is of the whole frame, and this is a piece",
        decoding.NOT_CHECKED: "not checked: its keys are not at hand (--county)",
    }[one.proof]
