"""A Box on the simulated board: `micropython boards/sim/main.py SETTINGS.json`."""

from boards.linux.main import main
from boards.sim.hardware import SimHardware

main(SimHardware)
