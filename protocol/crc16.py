"""A check against noise, not against people: CRC-16/CCITT-FALSE.

Polynomial 0x1021, first value 0xFFFF, nothing reflected, nothing added at the end (also known as
CRC-16/IBM-3740); of "123456789" it is 0x29B1.
"""


def crc16(data):
    """Return the check of these bytes, a number of 16 bits."""
    crc = 0xFFFF
    for byte in data:
        mixed = crc >> 8 ^ byte
        mixed ^= mixed >> 4
        crc = (crc << 8 ^ mixed << 12 ^ mixed << 5 ^ mixed) & 0xFFFF
    return crc
