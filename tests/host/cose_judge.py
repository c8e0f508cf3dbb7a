"""Two COSE implementations that know nothing of us, asked over standard input and output.

Runs in an environment of its own (`.tools/cose`) and imports nothing of the product.  A request is
a line of JSON {"of": "cwt" or "pycose", "do": verb, ...bytes as hex}, its answer a line too:
{"bytes": hex}, or {"refused": why}.  The end of the input is the end of the judge.
"""

import json
import sys

import cwt
from pycose.algorithms import AESCCM1664128, EdDSA
from pycose.headers import IV, Algorithm
from pycose.keys import OKPKey, SymmetricKey
from pycose.keys.curves import Ed25519
from pycose.messages import CoseMessage, Enc0Message, Sign1Message

KTY, ALG, CRV, X, D, K = 1, 3, -1, -2, -4, -1  # RFC 9052, section 7; RFC 9053, section 7
OKP, SYMMETRIC, CURVE_ED25519 = 1, 4, 6


class Cwt:
    """The package cwt."""

    def open(self, key, cose, aad):
        return cwt.COSE.new().decode(cose, self._symmetric(key), external_aad=aad)

    def seal(self, key, nonce, plaintext, aad):
        return cwt.COSE.new().encode_and_encrypt(
            plaintext, self._symmetric(key), {1: 10}, {5: nonce}, external_aad=aad
        )

    def verify(self, public, cose, aad):
        key = cwt.COSEKey.new({KTY: OKP, ALG: -8, CRV: CURVE_ED25519, X: public})
        return cwt.COSE.new().decode(cose, key, external_aad=aad)

    def sign(self, private, public, payload, aad):
        key = {KTY: OKP, ALG: -8, CRV: CURVE_ED25519, X: public, D: private}
        signer = cwt.COSEKey.new(key)
        return cwt.COSE.new().encode_and_sign(payload, signer, {1: -8}, {}, external_aad=aad)

    def _symmetric(self, key):
        return cwt.COSEKey.new({KTY: SYMMETRIC, ALG: 10, K: key})


class PyCose:
    """The package pycose."""

    def open(self, key, cose, aad):
        message = self._decoded(cose, Enc0Message, aad, SymmetricKey(k=key))
        return message.decrypt()

    def seal(self, key, nonce, plaintext, aad):
        headers = {"phdr": {Algorithm: AESCCM1664128}, "uhdr": {IV: nonce}}
        message = Enc0Message(payload=plaintext, external_aad=aad, **headers)
        message.key = SymmetricKey(k=key)
        return message.encode()

    def verify(self, public, cose, aad):
        message = self._decoded(cose, Sign1Message, aad, OKPKey(crv=Ed25519, x=public))
        if not message.verify_signature():
            raise ValueError("the signature is of another")
        return message.payload

    def sign(self, private, public, payload, aad):
        message = Sign1Message(phdr={Algorithm: EdDSA}, payload=payload, external_aad=aad)
        message.key = OKPKey(crv=Ed25519, x=public, d=private)
        return message.encode()

    def _decoded(self, cose, kind, aad, key):
        message = CoseMessage.decode(cose)
        if not isinstance(message, kind):
            raise ValueError("an object of another kind")
        message.external_aad = aad
        message.key = key
        return message


STRANGERS = {"cwt": Cwt(), "pycose": PyCose()}


def answer(request):
    stranger = STRANGERS[request.pop("of")]
    verb = getattr(stranger, request.pop("do"))
    given = {name: bytes.fromhex(value) for name, value in request.items()}
    try:
        return {"bytes": verb(**given).hex()}
    except Exception as why:  # noqa: BLE001 - however a stranger says no, it is a no
        return {"refused": f"{type(why).__name__}: {why}"}


def main():
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))


if __name__ == "__main__":
    main()
