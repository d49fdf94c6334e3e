"""``charger``: who may connect."""

import argparse

from onetime.cli.store import opened_database
from onetime.services.admission import decide
from onetime.services.audit import COMMAND_LINE
from onetime.services.chargers import accept_charger


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, what, run in (
        ("accept", "let a charger in that has been in touch", _accept),
        ("add", "let a charger in before it calls for the first time", _add),
        ("reject", "keep a charger out", _reject),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("identity", help="the charger's name, as at the end of its address")
        action.set_defaults(run=run)


def _accept(args: argparse.Namespace) -> int:
    with opened_database() as session:
        accept_charger(session, args.identity, COMMAND_LINE)
    print(f"{args.identity} is accepted.")  # noqa: T201
    return 0


def _add(args: argparse.Namespace) -> int:
    return _decided(args.identity, admit=True)


def _reject(args: argparse.Namespace) -> int:
    return _decided(args.identity, admit=False)


def _decided(identity: str, *, admit: bool) -> int:
    with opened_database() as session:
        charger = decide(session, identity, COMMAND_LINE, admit=admit)
        print(f"{charger.identity} is {charger.registration.value.lower()}.")  # noqa: T201
    return 0
