"""The command line: run, simulate, report, user, token, charger, card, doctor.

What changes data works on the database itself, so it works while the server runs and while it does not.
"""

import argparse
import sys
from collections.abc import Sequence

from onetime import __version__
from onetime.cli import administration, doctor, report, run, simulate
from onetime.cli.errors import CommandLineError, sentence_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; an error is one sentence on standard error."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        status: int = chosen.run(chosen)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)  # noqa: T201 - this is where a command speaks
        return error.status if isinstance(error, CommandLineError) else 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m onetime", description="Charging management for the parking lots of multi-family homes."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for module in (run, simulate, report, administration, doctor):
        module.add_commands(commands)
    return parser
