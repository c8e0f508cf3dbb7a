"""Frozen as _boot.py: the first Python that runs after a reset."""

from boards.rp2.boot import begin

begin()
