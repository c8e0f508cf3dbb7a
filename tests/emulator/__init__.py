"""Level 2 on the chip: the real UF2 on an emulated RP2040, its wires on real peers."""
