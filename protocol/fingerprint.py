"""Four bytes that tell this release's message table from another's.  Printed by `make schema`."""

SCHEMA = b"\x55\xf3\x16\x50"
