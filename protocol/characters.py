"""Characters from numbers and from UTF-8 (RFC 3629), alike and strict on both interpreters.

MicroPython's own decoder lets surrogates and overlong forms pass, CPython's does not.  And there
chr(), a loop over a str and an index into it keep each character that they make for ever.
"""

_LEADS = (  # lead bytes from, their characters from, bytes that follow
    (0xF0, 0x10000, 3),
    (0xE0, 0x800, 2),
    (0xC2, 0x80, 1),
)


class BadText(ValueError):
    """These bytes are no text that this table, or any, gives a meaning: never to be spoken."""


def character(code):
    """Return the character of a code point, or raise BadText where Unicode has none."""
    if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        raise BadText("no such character")
    return str(_octets(code), "utf-8")


def utf_8(data):
    """Yield the characters one by one, or raise BadText at the first wrong byte."""
    at = 0
    while at < len(data):
        lead, least, follow = _lead(data[at])
        if at + follow >= len(data):
            raise BadText("UTF-8 ends in the middle of a character")
        for byte in data[at + 1 : at + 1 + follow]:
            if byte & 0xC0 != 0x80:
                raise BadText("not UTF-8")
            lead = lead << 6 | byte & 0x3F
        if lead < least:
            raise BadText("UTF-8 in an overlong form")
        yield character(lead)
        at += 1 + follow


def _octets(code):
    """Return a code point in UTF-8."""
    last = 0x80 | code & 0x3F
    if code < 0x80:
        return bytes((code,))
    if code < 0x800:
        return bytes((0xC0 | code >> 6, last))
    if code < 0x10000:
        return bytes((0xE0 | code >> 12, 0x80 | code >> 6 & 0x3F, last))
    return bytes((0xF0 | code >> 18, 0x80 | code >> 12 & 0x3F, 0x80 | code >> 6 & 0x3F, last))


def _lead(byte):
    """Return (its bits of the code point, least code point, bytes that follow)."""
    if byte < 0x80:
        return byte, 0, 0
    for start, least, follow in _LEADS:
        if byte >= start:
            return byte & (0x3F >> follow), least, follow
    raise BadText("not UTF-8")
