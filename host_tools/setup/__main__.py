"""`python3 -m host_tools.setup`: make this copy ready once; afterwards, do nothing quickly."""

import sys


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 - this line is for older ones
        sys.exit("setup: Python 3.11 or newer is needed; please install a newer python3.")

    # These use the syntax of 3.11, so they are imported only once it is known to be here.
    from host_tools.setup import micropython, python_environment, strangers, typings  # noqa: PLC0415
    from host_tools.setup.steps import SetupFailed, one_at_a_time  # noqa: PLC0415

    try:
        with one_at_a_time():
            micropython.make_ready()
            python_environment.make_ready()
            typings.make_ready()
            strangers.make_ready()
    except SetupFailed as why:
        sys.exit(f"setup: {why}")


if __name__ == "__main__":
    main()
