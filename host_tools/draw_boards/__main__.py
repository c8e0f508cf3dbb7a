"""`python -m host_tools.draw_boards`: draw wiring and pin table of both Pico boards again."""

from host_tools.draw_boards.readme import with_pin_table
from host_tools.draw_boards.tables import BOARDS
from host_tools.draw_boards.wiring import PICOS, wiring

if __name__ == "__main__":
    for board, pico in PICOS.items():
        (BOARDS / board / "wiring.svg").write_text(wiring(pico))
        readme = BOARDS / board / "README.md"
        readme.write_text(with_pin_table(readme.read_text()))
        print(f"drew boards/{board}")
