"""Which of the Box's records come and go; the store carries all others along."""

PASSING = b"SL"  # the first bytes of their keys: Slips, and orders that are not yet told of
