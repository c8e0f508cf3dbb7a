# What MicroPython's build asks of a board: the SDK's names for a Raspberry Pi Pico.
set(PICO_BOARD "pico")
set(PICO_PLATFORM "rp2040")
