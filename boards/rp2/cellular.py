"""The 4G module on a PIO UART; imported only by a Box whose settings have one."""

from boards.rp2.pio_uart import PioUartStream
from drivers.line import Line
from drivers.modems.cellular import CellularModem

_UNIT = 0  # of the two PIO UARTs


def modem(wiring, clock, baud, traffic):
    """Return the CellularModem that board.cellular describes."""
    host, port = wiring.value("cellular.host", str), wiring.value("cellular.port", int)
    apn = wiring.value("cellular.apn", str)
    line = Line(lambda: PioUartStream(_UNIT, "fourg", baud, traffic), clock)
    return CellularModem(line, clock, host, port, apn)
