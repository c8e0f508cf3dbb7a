"""An RP2040 that runs the real image on this machine, its lines on ptys and its time counted."""
