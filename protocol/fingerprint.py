"""Four bytes that tell this release's message table from another's.  Printed by `make schema`."""

SCHEMA = b"\x32\x4d\x02\x53"
