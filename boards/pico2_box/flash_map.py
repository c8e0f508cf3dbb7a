"""Which bytes of the Pico 2's 4 MiB flash belong to whom: rows as in pico_box/flash_map.py."""

FLASH_BYTES = 0x400000
FLASH_MAP = (
    ("firmware", 0x000000, 0x0A0000),
    ("slot_a", 0x0A0000, 0x038000),
    ("slot_b", 0x0D8000, 0x038000),
    ("files", 0x110000, 0x020000),
    ("store", 0x130000, 0x020000),
    ("journal", 0x150000, 0x008000),
    ("keyring_a", 0x158000, 0x001000),
    ("keyring_b", 0x159000, 0x001000),
    ("tables", 0x15A000, 0x010000),
    ("clips", 0x16A000, 0x296000),
)
