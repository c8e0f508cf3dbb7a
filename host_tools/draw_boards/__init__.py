"""Draws wiring and pin table of the Pico boards, so that neither drifts from the table."""
