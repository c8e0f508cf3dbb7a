"""A Box on a Raspberry Pi under Linux: `micropython boards/pi_linux/main.py SETTINGS.json`."""

from boards.linux.main import main
from boards.pi_linux.hardware import PiHardware

main(PiHardware)
