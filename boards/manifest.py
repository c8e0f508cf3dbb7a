"""What a Pico board freezes besides MicroPython itself.  Its build runs this; no Box does."""
# ruff: noqa: F821 - the words of MicroPython's manifest files

board = options.board
module("_boot.py", base_path=board)
module("main.py", base_path=board)
freeze("$(PORT_DIR)/modules", "rp2.py")
include("$(MPY_DIR)/extmod/asyncio")
for name in ("protocol", "drivers", "firmware", "boards/rp2"):
    package(name, base_path="..")
for name in ("__init__.py", "flash_map.py", "hardware.py"):
    package("boards", files=(board + "/" + name,), base_path="..")
package("boards", files=("__init__.py", "keeping.py", "wiring.py"), base_path="..")
