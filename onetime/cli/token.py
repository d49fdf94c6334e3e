"""``token``: what scripts show to the REST API."""

import argparse

from onetime.cli.databases import opened_database
from onetime.models import Role
from onetime.services.people.audit import COMMAND_LINE
from onetime.services.people.tokens import create_api_token, revoke_token, tokens, tokens_called
from onetime.services.people.users import AccountError
from onetime.texts import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="add a token and print it; it cannot be shown again")
    create.add_argument("--name", required=True, help="what the token is for")
    create.add_argument("--role", choices=[role.value for role in Role], default=Role.MANAGER.value)
    create.add_argument("--days", type=int, help="after how many days it ends; without them it lasts until revoked")
    create.set_defaults(run=_create)
    actions.add_parser("list", help="show the tokens, without what opens anything").set_defaults(run=_list)
    revoke = actions.add_parser("revoke", help="let nobody in with a token any more")
    revoke.add_argument("--name", required=True, help="what the token was for")
    revoke.set_defaults(run=_revoke)


def _create(args: argparse.Namespace) -> int:
    with opened_database() as session:
        token = create_api_token(session, args.name, Role(args.role), days=args.days)
    print(token)  # noqa: T201 - the token and nothing else
    return 0


def _list(_args: argparse.Namespace) -> int:
    with opened_database() as session:
        for token in tokens(session):
            end = f"until {token.expires_at:%Y-%m-%d}" if token.expires_at else "until revoked"
            state = end if token.lets_in else "ended"
            print(f"{token.name}\t{token.role.value}\tsince {token.created_at:%Y-%m-%d}\t{state}")  # noqa: T201
    return 0


def _revoke(args: argparse.Namespace) -> int:
    with opened_database() as session:
        found = tokens_called(session, args.name)
        if not found:
            raise AccountError(_("There is no token called {name} that opens anything.", name=args.name[:100]))
        for token in found:
            revoke_token(session, token, COMMAND_LINE)
    print(f"{args.name} opens nothing any more.")  # noqa: T201
    return 0
