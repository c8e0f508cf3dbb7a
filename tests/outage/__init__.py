"""Days without a road, in virtual time: the real Box on MicroPython with a store of 64 KiB."""
