"""``token``: what scripts show to the REST API."""

import argparse

from onetime.cli.databases import opened_database
from onetime.models import Role
from onetime.services.people.accounts import create_api_token


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="add a token and print it; it cannot be shown again")
    create.add_argument("--name", required=True, help="what the token is for")
    create.add_argument("--role", choices=[role.value for role in Role], default=Role.ADMINISTRATOR.value)
    create.set_defaults(run=_create)


def _create(args: argparse.Namespace) -> int:
    with opened_database() as session:
        token = create_api_token(session, args.name, Role(args.role))
    print(token)  # noqa: T201 - the token and nothing else
    return 0
