"""Commands that change who and what is let in: user, token, charger, card."""

import argparse
import getpass
import sys
from typing import Any

from onetime.cli.store import opened_database
from onetime.models import CardStatus, Role
from onetime.services.accounts import create_api_token, create_user, ensure_house
from onetime.services.audit import COMMAND_LINE
from onetime.services.cards import save_card
from onetime.services.chargers import accept_charger
from onetime.services.passwords import hash_password
from onetime.settings import get_settings


def add_commands(commands: Any) -> None:
    """Declare the commands."""
    _user(commands.add_parser("user", help="people who may log in").add_subparsers(required=True, metavar="ACTION"))
    _token(commands.add_parser("token", help="tokens of the REST API").add_subparsers(required=True, metavar="ACTION"))
    _charger(commands.add_parser("charger", help="chargers").add_subparsers(required=True, metavar="ACTION"))
    _card(commands.add_parser("card", help="charging cards").add_subparsers(required=True, metavar="ACTION"))


def _user(actions: Any) -> None:
    create = actions.add_parser("create", help="add a person")
    create.add_argument("--name", help="the login name; asked for when it is left away")
    create.add_argument("--role", choices=[role.value for role in Role], default=Role.ADMINISTRATOR.value)
    create.add_argument("--password", help="asked for when it is left away; read from a pipe when there is one")
    create.set_defaults(run=_create_user)


def _token(actions: Any) -> None:
    create = actions.add_parser("create", help="add a token and print it; it cannot be shown again")
    create.add_argument("--name", required=True, help="what the token is for")
    create.add_argument("--role", choices=[role.value for role in Role], default=Role.ADMINISTRATOR.value)
    create.set_defaults(run=_create_token)


def _charger(actions: Any) -> None:
    accept = actions.add_parser("accept", help="let a charger in that has been in touch")
    accept.add_argument("identity", help="the charger's name, as at the end of its address")
    accept.set_defaults(run=_accept_charger)


def _card(actions: Any) -> None:
    add = actions.add_parser("add", help="let a card charge")
    add.add_argument("id_tag", help="the card's number, as the charger reads it")
    add.add_argument("--tenant", help="whose it is; added when new")
    add.add_argument("--label", help="a name for the card")
    add.add_argument("--blocked", action="store_true", help="refuse the card instead")
    add.set_defaults(run=_add_card)


def _create_user(args: argparse.Namespace) -> int:
    name = args.name or (input("Name: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n"))
    stored = hash_password(args.password or _ask_for_password())
    with opened_database() as session:
        ensure_house(session, get_settings().language)
        create_user(session, name, stored, Role(args.role))
    print(f"{name} can log in now.")  # noqa: T201
    return 0


def _create_token(args: argparse.Namespace) -> int:
    with opened_database() as session:
        token = create_api_token(session, args.name, Role(args.role))
    print(token)  # noqa: T201 - the token and nothing else
    return 0


def _accept_charger(args: argparse.Namespace) -> int:
    with opened_database() as session:
        accept_charger(session, args.identity, COMMAND_LINE)
    print(f"{args.identity} is accepted.")  # noqa: T201
    return 0


def _add_card(args: argparse.Namespace) -> int:
    status = CardStatus.BLOCKED if args.blocked else CardStatus.ACCEPTED
    with opened_database() as session:
        save_card(session, args.id_tag, status, args.tenant, args.label, COMMAND_LINE)
    print(f"{args.id_tag} is {status.value}.")  # noqa: T201
    return 0


def _ask_for_password() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
