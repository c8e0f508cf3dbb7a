"""`python -m host_tools` does what `fengsui` does."""

from host_tools.cli import main

if __name__ == "__main__":
    main()
