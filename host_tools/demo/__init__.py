"""`fengsui demo`: one village, one county, half a minute, on this machine."""

from host_tools.demo.performance import run

__all__ = ["run"]
