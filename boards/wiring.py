"""The board's part of a settings file, read key by key so that a mistake is named."""

import json

_WORDS = {int: "a number", str: "a text", list: "a list", dict: "a table"}


class BadWiring(ValueError):
    """The sentence says which file, which key and what was expected."""


class Wiring:
    """value("lines.sbd.baud", int) reads board.lines.sbd.baud of one settings file.

    settings are what is in the file; they are read from it unless they are given.
    """

    def __init__(self, path, settings=None):
        self._path = path
        self.settings = _load(path) if settings is None else settings
        self._folder = path.rsplit("/", 1)[0] if "/" in path else "."

    def value(self, key, kind):
        found = self.settings.get("board")
        for step in key.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        return self._expected("board." + key, found, kind)

    def made(self, key, kind, make):
        """Return make(value); its ValueError becomes the sentence for this key."""
        value = self.value(key, kind)
        try:
            return make(value)
        except ValueError as why:
            raise self.wrong("board." + key, str(why))

    def wrong(self, key, why):
        """Return the BadWiring to raise for this key."""
        return BadWiring(self._path + ": " + key + ": " + why)

    def call_points(self):
        """Return [(number, kind of call), ...] as firmware will read them."""
        points = []
        listed = self._expected("call_points", self.settings.get("call_points"), list)
        for i, point in enumerate(listed):
            where = "call_points[" + str(i) + "]"
            self._expected(where, point, dict)
            number = self._expected(where + ".number", point.get("number"), int)
            kind = self._expected(where + ".kind", point.get("kind"), str)
            points.append((number, kind))
        return points

    def file(self, key):
        """Return a path; one that is not absolute counts from the settings file's folder."""
        return self.beside(self.value(key, str))

    def beside(self, path):
        return path if path.startswith("/") else self._folder + "/" + path

    def _expected(self, key, found, kind):
        if type(found) is not kind:
            raise self.wrong(key, "expected " + _WORDS[kind])
        return found


def _load(path):
    try:
        with open(path) as file:
            settings = json.load(file)
    except OSError:
        raise BadWiring(path + ": cannot be read; give the settings file provisioning wrote")
    except ValueError:
        raise BadWiring(path + ": is not JSON")
    if not isinstance(settings, dict):
        raise BadWiring(path + ": expected one JSON object")
    return settings
