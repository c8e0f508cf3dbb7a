"""One board on a USB cable: its serial port, its raw REPL, its drive that takes images."""
