"""How the contract test makes, breaks and asks each modem and its peer: one rig a road."""
