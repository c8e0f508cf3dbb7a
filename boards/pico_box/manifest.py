"""What the image of this board freezes: see boards/manifest.py."""
# ruff: noqa: F821

include("../manifest.py", board="pico_box")
