"""Roads out of the village, one modem each: bytes up, bytes down, and an honest outcome."""
