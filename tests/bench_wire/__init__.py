"""How many bytes and how much time a message costs, in our form and in others."""

import sys

from host_tools.setup.strangers import BENCH, UNISHOX

# Last, so that what the product uses is never taken from there.
sys.path += [str(BENCH), str(UNISHOX)]
