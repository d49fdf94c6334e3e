"""``simulate``: chargers that exist only in software."""

from typing import Any

from onetime.simulator import command


def add_commands(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser("simulate", help="run simulated chargers against a gateway")
    command.add_arguments(parser)
    parser.set_defaults(run=command.run)
