"""``user``: people who may log in."""

import argparse
import getpass
import sys

from onetime.cli.databases import opened_database
from onetime.models import Role
from onetime.services.cards.holders import tenant_id
from onetime.services.people.accounts import create_user, ensure_house
from onetime.services.people.passwords import hash_password
from onetime.settings import get_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    create = parser.add_subparsers(required=True, metavar="ACTION").add_parser("create", help="add a person")
    create.add_argument("--name", help="the login name; asked for when it is left away")
    create.add_argument("--role", choices=[role.value for role in Role], default=Role.ADMINISTRATOR.value)
    create.add_argument("--tenant", help="whose sessions a person with the role tenant sees; added when new")
    create.add_argument("--password", help="asked for when it is left away; read from a pipe when there is one")
    create.set_defaults(run=_create)


def _create(args: argparse.Namespace) -> int:
    name = args.name or _ask("Name: ")
    stored = hash_password(args.password or _ask_for_password())
    with opened_database() as session:
        ensure_house(session, get_settings().language)
        create_user(session, name, stored, Role(args.role), tenant_id=tenant_id(session, args.tenant))
    print(f"{name} can log in now.")  # noqa: T201
    return 0


def _ask(question: str) -> str:
    return input(question) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _ask_for_password() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else _ask("")
