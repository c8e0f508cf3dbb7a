"""Which release this is; the build freezes a module `release` that knows."""

try:
    import release  # pyright: ignore[reportMissingImports]
except ImportError:
    release = None

_NO_RELEASE = 0


def version():
    """Return one line for the console."""
    if release is None:
        return "Fengsui, unreleased"
    return "Fengsui %s on %s, messages %s" % (release.VERSION, release.BOARD, release.SCHEMA)


def number():
    """Return the number that rises with every release."""
    return _NO_RELEASE if release is None else release.SOFTWARE
