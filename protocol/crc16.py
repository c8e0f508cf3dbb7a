"""CRC-16/CCITT-FALSE: polynomial 0x1021, begun at 0xFFFF, not reflected."""


def crc16(data):
    """Return the check of these bytes as a number; that of b"123456789" is 0x29B1."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc
