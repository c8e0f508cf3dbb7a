"""Everything that may happen to two messages on two roads (`make prove`), within bounds."""
