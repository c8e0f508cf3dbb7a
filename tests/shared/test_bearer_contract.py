"""Every road keeps the contract; what a road does not know is skipped, and says why."""

import unittest

from tests.rigs.sbd import SbdRig
from tests.rigs.udp import UdpRig
from tests.shared import contract


class TestUdp(contract.Contract):
    rig = UdpRig


class TestSbd(contract.Contract):
    rig = SbdRig


if __name__ == "__main__":
    unittest.main()
