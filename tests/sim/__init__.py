"""Level 2: the real Box process, real lines, a real gateway, and everything that can go wrong."""
