"""Whether a register map can be trusted with an amplifier; a mistake is named by its key."""

# What may silence an amplifier whose Box has died; "nothing" is said in the self-test.
STOPPED_BY = ("comm_loss", "enable_line", "nothing")

_LONGEST_COMM_LOSS_MS = 5_000
_MOST_MEASURED = 16  # registers in one request


def check(register_map):
    """Return the map, or raise ValueError that says which key is wrong and what belongs there."""
    _whole(register_map, "baud", 1_200, 115_200)
    _word(register_map, "stop_guaranteed_by", STOPPED_BY)
    _enable(register_map)
    _scaled(register_map, "volume_pct")
    if register_map["stop_guaranteed_by"] == "comm_loss" or "comm_loss_ms" in register_map:
        _scaled(register_map, "comm_loss_ms")
        _whole(register_map["comm_loss_ms"], "value", 1, _LONGEST_COMM_LOSS_MS, "comm_loss_ms.")
    _measures(register_map)
    return register_map


def _enable(register_map):
    entry = _entry(register_map, "enable")
    for key in ("on", "off"):
        _whole(entry, key, 0, 0xFFFF, "enable.")
    if entry["on"] == entry["off"]:
        raise ValueError("enable.off: expected another value than enable.on")


def _measures(register_map):
    _word(register_map, "measured_in", ("input", "holding"))
    keys = ["volts_mv", "amps_ma"]
    if "microphone_db" in register_map:
        keys.append("microphone_db")
        _whole(_entry(register_map, "microphone_db"), "absent", 0, 0xFFFF, "microphone_db.")
    for key in keys:
        _scaled(register_map, key)
    registers = [register_map[key]["register"] for key in keys]
    if max(registers) - min(registers) >= _MOST_MEASURED:
        raise ValueError("volts_mv.register: expected all measures within 16 registers")


def _scaled(register_map, key):
    scale = _entry(register_map, key).get("scale")
    if not isinstance(scale, tuple) or len(scale) != 2 or not all(_is_factor(n) for n in scale):
        raise ValueError(key + ".scale: expected (numerator, denominator)")


def _is_factor(number):
    return type(number) is int and 1 <= number <= 1_000_000


def _entry(register_map, key):
    entry = register_map.get(key)
    if not isinstance(entry, dict):
        raise ValueError(key + ": expected an entry with a register")
    _whole(entry, "register", 0, 0xFFFF, key + ".")
    return entry


def _whole(entry, key, least, most, within=""):
    number = entry.get(key)
    if type(number) is not int or not least <= number <= most:
        raise ValueError("%s%s: expected a number from %d to %d" % (within, key, least, most))


def _word(entry, key, words):
    if entry.get(key) not in words:
        raise ValueError(key + ": expected one of " + ", ".join(words))
