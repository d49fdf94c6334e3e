"""``simulate``: chargers that exist only in software."""

import argparse

from onetime.simulator import command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)
