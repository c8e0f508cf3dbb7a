"""What the sentences of a BeiDou terminal mean, and how it is asked.  No line, no clock.

Two dialects: 2.1 (TXA, TXR, ICA, ICI, BSI; acctech.com.cn, jnwpu.org) and that of the BDS-3
regional service (TCQ, TCI, ICR, ICP, PWI; BDBluetoothTools).  A field that is not as expected
makes the sentence mean nothing.
"""

from binascii import hexlify, unhexlify
from collections import namedtuple

from drivers.modems.beidou_sentences import sentence

BDS_2, BDS_3 = "2.1", "BDS-3"

MOST_BYTES = 77  # of a payload: 628 bits, less the byte that says "mixed"

Card = namedtuple("Card", ("dialect", "number", "interval_s", "level"))  # number "": no card
# went: Y or N, in 2.1 two of them; reason: None if it was left empty; wait_s: until the next send
Feedback = namedtuple("Feedback", ("dialect", "went", "reason", "wait_s"))
Message = namedtuple("Message", ("sender", "payload"))  # payload None: not hexadecimal
Beams = namedtuple("Beams", ("levels",))  # those heard: (beam, 1 to 4 or, in BDS-3, dB-Hz)

ASK_CARD = {
    BDS_3: sentence((b"CCICR", b"0", b"00")),
    BDS_2: sentence((b"CCICA", b"0", b"00")),
}
REPORT_BEAMS = {  # every 10 s
    BDS_3: sentence((b"CCRMO", b"PWI", b"2", b"10")),
    BDS_2: sentence((b"CCRMO", b"BSI", b"2", b"10")),
}

_MIXED = b"A4"  # in front of bytes in hexadecimal
_LEAST_LEVEL = {BDS_2: 3, BDS_3: 2}  # that takes MOST_BYTES
_LEVEL_5 = 0  # is written so
_WENT = {BDS_2: (b"YY", b"YN", b"NY", b"NN"), BDS_3: (b"Y", b"N")}
_MOST_DIGITS = 5


def request(dialect, to, payload):
    """Return the sentence that sends a payload to the card number `to`, as mixed data."""
    data = _MIXED + hexlify(payload).upper()
    if dialect == BDS_2:
        return sentence((b"CCTXA", to.encode(), b"1", b"2", data))
    # Lf1, no inbound confirmation, mixed, once
    return sentence((b"CCTCQ", to.encode(), b"2", b"1", b"3", data, b"0"))


def meaning(fields):
    """Return the Card, Feedback, Message or Beams that a sentence tells, or None."""
    read = _READERS.get(fields[0])
    return read(fields) if read else None


def carries(card):
    """Return whether a message of this card's level can hold MOST_BYTES."""
    return card.level == _LEVEL_5 or card.level >= _LEAST_LEVEL[card.dialect]


def number(text):
    """Return a card number (bytes) as it is compared: some terminals put zeros in front."""
    return text.lstrip(b"0").decode() if text.isdigit() else None


def _ici(fields):
    return _card(BDS_2, fields, 5, 6)


def _icp(fields):
    return _card(BDS_3, fields, 14, 15)


def _card(dialect, fields, interval_at, level_at):
    """Read a card's sentence: its number, and interval in s and level where they stand."""
    if len(fields) <= level_at:
        return None
    told = (number(fields[1]), _whole(fields[interval_at]), _whole(fields[level_at]))
    return None if None in told else Card(dialect, *told)


def _fki(fields):
    """Read `FKI,TXA,Y,Y,0,0040` or `FKI,082920,TCQ,Y,0,0`; the last two may be empty."""
    if len(fields) != 6:
        return None
    if fields[1] == b"TXA":
        dialect, went = BDS_2, fields[2] + fields[3]
    elif fields[2] == b"TCQ":
        dialect, went = BDS_3, fields[3]
    else:
        return None
    reason, wait_s = _whole(fields[4]), _whole(fields[5] or b"0")
    if went not in _WENT[dialect] or wait_s is None or (fields[4] and reason is None):
        return None
    return Feedback(dialect, went.decode(), reason, wait_s)


def _txr(fields):
    return _message(fields, 6, 2, fields[3:4], (b"1", b"2"))


def _tci(fields):
    return _message(fields, 7, 1, fields[5:6], (b"2", b"3"))


def _message(fields, least, sender_at, coding, code_or_mixed):
    """Read a message: its data stand behind the last comma, however many there are."""
    sender = number(fields[sender_at]) if len(fields) >= least else None
    if sender is None:
        return None
    data = fields[-1]
    if coding[0] not in code_or_mixed:
        return Message(sender, None)
    if coding[0] == code_or_mixed[1]:
        if not data.startswith(_MIXED):
            return Message(sender, None)
        data = data[len(_MIXED) :]
    return Message(sender, _bytes(data))


def _bsi(fields):
    """Read `BSI,<beam>,<beam>,<level of beam 1>,<level of beam 2>,...`."""
    levels = [_whole(field) for field in fields[3:]]
    if not levels or None in levels:
        return None
    return Beams(tuple((at + 1, level) for at, level in enumerate(levels) if level))


def _pwi(fields):
    """Read `PWI,<time>,<n>,{beam,level,level} n times,<m>,{beam,level,level,0} m times`."""
    old = _whole(fields[2]) if len(fields) > 3 else None
    if old is None or len(fields) <= 3 + 3 * old:
        return None
    rest = fields[4 + 3 * old :]
    new = _whole(fields[3 + 3 * old])
    if not new:
        return None if new is None or rest else Beams(())
    each = len(rest) // new  # some leave the last 0 out
    if each not in (3, 4) or each * new != len(rest):
        return None
    beams = tuple((_whole(rest[at]), _whole(rest[at + 1])) for at in range(0, len(rest), each))
    return None if any(None in beam for beam in beams) else Beams(beams)


def _whole(field):
    """Return the whole number of a few digits that a field is, or None."""
    return int(field) if field.isdigit() and len(field) <= _MOST_DIGITS else None


def _bytes(data):
    try:
        return unhexlify(data) or None
    except ValueError:
        return None


_READERS = {
    b"BDICI": _ici,
    b"BDICP": _icp,
    b"BDFKI": _fki,
    b"BDTXR": _txr,
    b"BDTCI": _tci,
    b"BDBSI": _bsi,
    b"BDPWI": _pwi,
}
