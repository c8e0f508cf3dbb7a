"""Tests that need CPython: host_tools, round trips by hypothesis, and the rules of the code."""
