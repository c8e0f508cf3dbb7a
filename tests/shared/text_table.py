"""Two tables of nine symbols, put together byte by byte as protocol/text/README.md says."""

from protocol import table_area

# Codes 0, 10, 110, 1110, 11110, 111110, 1111110, 11111110 (the escape) and 11111111.
HAN = ("水", "，", "洪水", "撤离", "请立即撤离", "a", "0", "", "地震")
ARABIC = (" ", "ى", "سۇ", "توك", "كەلكۈن", "!", "0", "", "يول")


def by_hand(first_byte=0x10, symbols=HAN, alphabet=""):
    """Return the bytes of a table whose codes are 1 to 8 bits long, the last two 8."""
    rows, units = b"", b""
    for place, symbol in enumerate(symbols):
        code = 0x10000 - (0x10000 >> place)
        rows += bytes((min(place + 1, 8), len(symbol), code >> 8, code & 255, 0, len(units)))
        for character in symbol:
            code = ord(character)
            wide = bytes((code >> 8, code & 255))
            units += bytes((alphabet.index(character),)) if alphabet else wide
    letters = b"".join([bytes((ord(one) >> 8, ord(one) & 255)) for one in alphabet])
    head = table_area.MAGIC + bytes((first_byte, len(symbols), len(alphabet), 0))
    return sealed(head, rows + letters + units)


def sealed(head, body):
    """Return a table of these 8 bytes of head and this body, with the digest it should have."""
    checked = table_area.digest(head + bytes(8) + body)
    return head + checked + body


def area(*tables):
    """Return an area of flash that holds these tables, the rest of it erased."""
    return b"".join([len(one).to_bytes(2, "big") + one for one in tables]) + b"\xff" * 64


def letters_of(symbols):
    return "".join(sorted(set("".join(symbols))))
