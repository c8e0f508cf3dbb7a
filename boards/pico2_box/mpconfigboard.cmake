# What MicroPython's build asks of a board: the SDK's names for a Raspberry Pi Pico 2.
set(PICO_BOARD "pico2")
set(PICO_PLATFORM "rp2350-arm-s")
