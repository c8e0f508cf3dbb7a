"""Tests that run unchanged on MicroPython and on CPython: device code and nothing else."""
