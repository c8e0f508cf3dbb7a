"""Four bytes that tell one release's message table from another's."""

import hashlib

from protocol import cbor
from protocol.schema import DOWNWARD, UPWARD


def schema_hash():
    """Return the first 4 bytes of SHA-256 over the whole table in its written order."""
    digest = hashlib.sha256()
    for table in (UPWARD, DOWNWARD):
        for number, name, priority, fields in table:
            digest.update(cbor.sequence(number, name, priority))
            for field, kind, limit in fields:
                words = ",".join(limit) if isinstance(limit, tuple) else limit
                digest.update(cbor.sequence(field, kind, words))
    return digest.digest()[:4]
