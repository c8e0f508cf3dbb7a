"""Which pin of a Pico is what: the one table.  The header of a Pico 2 is the same.

A row is (name, GPIO, kind, resistor on the board, part and its terminal, remark).  A "switch"
turns something on and is driven low before anything else; "out" and "in" carry signals.
"""

PINS = (
    ("rs485_tx", 0, "out", "10 kΩ up", "RS-485 transceiver, DI", "UART0"),
    ("rs485_rx", 1, "in", "10 kΩ up", "RS-485 transceiver, RO", "UART0; RO floats while sending"),
    ("rs485_direction", 2, "switch", "4.7 kΩ down", "RS-485 transceiver, DE, /RE", "high: sends"),
    ("satellite_power", 3, "switch", "4.7 kΩ down", "Iridium 9602/9603, ON/OFF", "high: on"),
    ("satellite_tx", 4, "out", "10 kΩ up", "Iridium 9602/9603, TXD", "UART1; the modem's input"),
    ("satellite_rx", 5, "in", "10 kΩ up", "Iridium 9602/9603, RXD", "UART1; the modem's output"),
    ("fourg_tx", 6, "out", "10 kΩ up", "4G module, RXD", "PIO UART A"),
    ("fourg_rx", 7, "in", "10 kΩ up", "4G module, TXD", "PIO UART A"),
    ("speech_tx", 8, "out", "10 kΩ up", "speech chip, RXD", "PIO UART B; no driver yet"),
    ("speech_rx", 9, "in", "10 kΩ up", "speech chip, TXD", "PIO UART B; no driver yet"),
    ("i2s_clock", 10, "out", "none", "I2S converter, BCLK", "word select must be the next pin"),
    ("i2s_word", 11, "out", "none", "I2S converter, LRCLK", ""),
    ("i2s_data", 12, "out", "none", "I2S converter, DIN", ""),
    ("ptt", 13, "switch", "4.7 kΩ down", "PTT charge pump, input", "only pulses hold the relay"),
    ("button_1", 14, "in", "10 kΩ up", "call point 1, button", "to ground; low: pressed"),
    ("lamp_1", 15, "switch", "4.7 kΩ down", "call point 1, lamp MOSFET", "high: lit"),
    ("spi_miso", 16, "in", "10 kΩ up", "FRAM FM25V20A, SO", "SPI0"),
    ("spi_cs", 17, "out", "10 kΩ up", "FRAM FM25V20A, /CS", "low: selected"),
    ("spi_clock", 18, "out", "none", "FRAM FM25V20A, SCK", "SPI0"),
    ("spi_mosi", 19, "out", "none", "FRAM FM25V20A, SI", "SPI0"),
    ("rtc_data", 20, "in", "4.7 kΩ up", "clock chip DS3231, SDA", "no driver yet"),
    ("rtc_clock", 21, "out", "4.7 kΩ up", "clock chip DS3231, SCL", "no driver yet"),
    ("button_2", 22, "in", "10 kΩ up", "call point 2, button", "to ground; low: pressed"),
    ("heartbeat", 25, "switch", "none", "the Pico itself, LED", "blinks while the Box lives"),
    ("lamp_2", 26, "switch", "4.7 kΩ down", "call point 2, lamp MOSFET", "high: lit"),
    ("mains_sense", 27, "in", "10 kΩ up", "sense, mains", "optocoupler to ground; no driver yet"),
    ("amplifier_sense", 28, "in", "10 kΩ up", "sense, amplifier", "optocoupler; no driver yet"),
)
