"""The command line: run, simulate, report, user, token, charger, card, doctor.

What changes data works on the database itself, so it works while the server runs and while it does not.
"""

import argparse
import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

from onetime import __version__

# Only the chosen command is imported: a charger waits for the start of `run`, and no other command needs it.
COMMANDS = {
    "run": ("onetime.cli.run", "run Onetime"),
    "simulate": ("onetime.cli.simulate", "run simulated chargers against a gateway"),
    "report": ("onetime.cli.report", "write a month's Excel workbook"),
    "user": ("onetime.cli.user", "people who may log in"),
    "token": ("onetime.cli.token", "tokens of the REST API"),
    "charger": ("onetime.cli.charger", "chargers"),
    "card": ("onetime.cli.card", "charging cards"),
    "doctor": ("onetime.cli.doctor", "say what is wrong with the installation"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; an error is one sentence on standard error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        chosen = _parser(given[0] if given else None).parse_args(given)
        status: int = chosen.run(chosen)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        from onetime.cli.command_error import CommandLineError
        from onetime.cli.errors import sentence_of  # it knows the errors of every subject

        sentence = sentence_of(error)
        if sentence is None:
            raise
        print(sentence, file=sys.stderr)  # noqa: T201 - this is where a command speaks
        return error.status if isinstance(error, CommandLineError) else 1
    return status


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m onetime", description="Charging management for the parking lots of multi-family homes."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, (module, summary) in COMMANDS.items():
        command = commands.add_parser(name, help=summary)
        if name == chosen:
            _imported(module).add_arguments(command)
    return parser


def _imported(name: str) -> ModuleType:
    """Import a module without looking for reference cycles meanwhile: a fifth of the time, for nothing."""
    gc.disable()
    try:
        return import_module(name)
    finally:
        gc.enable()
