"""``simulate``: chargers that exist only in software."""

import argparse

from onetime.simulator import command_line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command_line.add_arguments(parser)
    parser.set_defaults(run=command_line.run)
