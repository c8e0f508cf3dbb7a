"""The tests: shared (both interpreters), host (CPython), sim (the real process on ptys)."""
