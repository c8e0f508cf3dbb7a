"""Finds, in a machine's own apt sources, where Debian's archive comes from.  No I/O."""

from collections import namedtuple

# `options` holds what apt needs to trust and reach the place, as deb822 field names.
Source = namedtuple("Source", "uris suites components options")

DEBIAN_SUITES = {
    *("oldoldstable", "oldstable", "stable", "testing", "unstable", "sid"),
    *("buster", "bullseye", "bookworm", "trixie", "forky", "duke"),
}
SWITCHED_OFF = {"no", "false", "without", "off", "disable", "0"}
KEPT_OPTIONS = {
    "signed-by": "Signed-By",
    "trusted": "Trusted",
    "check-valid-until": "Check-Valid-Until",
}


def debian_archives(sources):
    """Return the sources that look like Debian's main archive, the machine's order kept."""
    return [
        source
        for source in sources
        if "main" in source.components and DEBIAN_SUITES.intersection(source.suites)
    ]


def for_suite(source, suite, types="deb"):
    """Return deb822 text for the main component of another suite of the same archive.

    The types are what this copy needs, whatever the machine itself asks for.
    """
    fields = {"Types": types, "URIs": " ".join(source.uris), "Suites": suite}
    fields.update({"Components": "main"}, **source.options)
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def read_one_line_style(text):
    """Return the binary sources of a `.list` file: `deb [options] uri suite component…`."""
    lines = (line.split("#")[0].strip() for line in text.splitlines())
    entries = (_one_line(line) for line in lines if line.split()[:1] == ["deb"])
    return [entry for entry in entries if entry]


def read_deb822_style(text):
    """Return the enabled binary sources of a `.sources` file, one from each paragraph."""
    entries = (_paragraph(fields) for fields in _paragraphs(text))
    return [entry for entry in entries if entry]


def _one_line(line):
    options, rest = {}, line.removeprefix("deb").strip()
    if rest.startswith("["):
        inside, _, rest = rest[1:].partition("]")
        options = dict(word.partition("=")[::2] for word in inside.split())
    uri, *suite_and_components = rest.split() or [""]
    if len(suite_and_components) < 2:
        return None
    suite, *components = suite_and_components
    return Source([uri], [suite], components, _kept(options))


def _paragraph(fields):
    words = {name: fields.get(name, "").split() for name in ("types", "uris", "suites")}
    if "deb" not in words["types"] or fields.get("enabled", "yes").lower() in SWITCHED_OFF:
        return None
    components = fields.get("components", "").split()
    return Source(words["uris"], words["suites"], components, _kept(fields))


def _paragraphs(text):
    """Yield each paragraph as {field in lower case: value}; continuation lines are kept."""
    fields, name = {}, None
    for line in [*text.splitlines(), ""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if fields:
                yield fields
            fields, name = {}, None
        elif line[0] in " \t" and name:
            fields[name] += "\n" + line
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()


def _kept(options):
    known = {name.lower(): value for name, value in options.items()}
    return {field: known[name] for name, field in KEPT_OPTIONS.items() if name in known}
