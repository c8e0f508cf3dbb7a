"""How the wire counts time: seconds and minutes from 2025-01-01T00:00Z."""

ZERO_UNIX = 1_735_689_600  # 2025-01-01T00:00:00Z in seconds since 1970


def order_ends(order):
    """Return the minute from which this order is too late."""
    return order.issued + 10 * order.valid_10min


def order_id(slot, seq):
    """Return the four bytes that name an order everywhere."""
    return bytes((slot,)) + seq.to_bytes(3, "big")
