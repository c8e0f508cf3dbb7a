"""`python -m host_tools.text`: build the tables that come with us, or do nothing quickly."""

import sys

from host_tools.problems import Problem
from host_tools.text import tables


def main() -> None:
    try:
        tables.make_ready(lambda words: print(f"text: {words}", flush=True))
    except Problem as why:
        sys.exit(f"text: {why}")


if __name__ == "__main__":
    main()
