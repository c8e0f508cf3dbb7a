"""The judge of a finished run: it shares no code with what it judges."""
