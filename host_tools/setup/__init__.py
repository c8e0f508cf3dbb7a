"""Makes a fresh machine ready: the Python environment, the type stubs and a MicroPython."""
