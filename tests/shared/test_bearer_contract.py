"""Every road keeps the contract; what a road does not know is skipped, and says why."""

import unittest

from tests.rigs.beidou import BeidouRig, RegionalRig
from tests.rigs.cellular import CellularRig
from tests.rigs.sbd import SbdRig
from tests.rigs.udp import UdpRig
from tests.shared import contract


class TestUdp(contract.Contract):
    rig = UdpRig


class TestCellular(contract.Contract):
    rig = CellularRig


class TestSbd(contract.Contract):
    rig = SbdRig


class TestBeidou(contract.Contract):
    rig = BeidouRig


class TestBeidouRegional(contract.Contract):
    rig = RegionalRig


if __name__ == "__main__":
    unittest.main()
