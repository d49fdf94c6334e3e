"""``charger``: who may connect."""

import argparse

from onetime.cli.store import opened_database
from onetime.services.audit import COMMAND_LINE
from onetime.services.chargers import accept_charger


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    accept = actions.add_parser("accept", help="let a charger in that has been in touch")
    accept.add_argument("identity", help="the charger's name, as at the end of its address")
    accept.set_defaults(run=_accept)


def _accept(args: argparse.Namespace) -> int:
    with opened_database() as session:
        accept_charger(session, args.identity, COMMAND_LINE)
    print(f"{args.identity} is accepted.")  # noqa: T201
    return 0
