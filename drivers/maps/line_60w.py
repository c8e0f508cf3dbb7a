"""The 60 W amplifier for a 100 V line, Modbus RTU at 9600 Bd.

A register times its scale (numerator, denominator) gives the unit in the key's name.
"""

MAP = {
    "baud": 9600,
    # What silences it when this Box falls silent: it switches off by itself after comm_loss_ms.
    "stop_guaranteed_by": "comm_loss",
    # Written to holding registers.
    "enable": {"register": 0x0000, "on": 1, "off": 0},
    "volume_pct": {"register": 0x0001, "scale": (1, 1)},
    "comm_loss_ms": {"register": 0x0002, "scale": (1000, 1), "value": 3000},
    # Read from this table, in one request.
    "measured_in": "input",
    "volts_mv": {"register": 0x0001, "scale": (10, 1)},
    "amps_ma": {"register": 0x0002, "scale": (1, 1)},
    "microphone_db": {"register": 0x0003, "scale": (1, 1), "absent": 0},
}
