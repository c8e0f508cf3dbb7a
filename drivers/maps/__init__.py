"""Register maps of amplifiers: what the registers of each make mean, as data."""

from drivers.maps import line_60w

MAPS = {"line_60w": line_60w.MAP}


def find(name):
    """Return the map of this name, or raise ValueError that says which there are."""
    if name not in MAPS:
        known = ", ".join(sorted(MAPS))
        raise ValueError("no amplifier map " + str(name) + "; there are: " + known)
    return MAPS[name]
