"""``user``: people who may log in."""

import argparse
import getpass
import sys
from collections.abc import Callable

from sqlmodel import Session, col, select

from onetime.cli.databases import opened_database
from onetime.models import Role, User
from onetime.services.cards.holders import tenant_id
from onetime.services.people.accounts import ensure_house, read_house
from onetime.services.people.audit import COMMAND_LINE
from onetime.services.people.login_rows import end_logins, replace_password, shut_out
from onetime.services.people.passwords import hash_password
from onetime.services.people.users import (
    AccountError,
    create_user,
    enable_user,
    user_called,
    users,
)
from onetime.settings import get_settings
from onetime.texts import _


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    create = actions.add_parser("create", help="add a person")
    create.add_argument("--name", help="the login name; asked for when it is left away")
    create.add_argument(
        "--role",
        choices=[role.value for role in Role],
        help="what they may do; the first person of a house is its administrator",
    )
    create.add_argument("--tenant", help="whose sessions a person with the role tenant sees; added when new")
    _add_password(create)
    create.set_defaults(run=_create)

    actions.add_parser("list", help="show who may log in").set_defaults(run=_list)

    password = actions.add_parser("password", help="give somebody a new password, and log them out everywhere")
    password.add_argument("--name", required=True, help="the login name")
    _add_password(password)
    password.set_defaults(run=_password)

    for action, help_text, run in (
        ("disable", "let somebody in no more, and log them out everywhere", _disable),
        ("enable", "let somebody in again", _enable),
        ("logout", "log somebody out everywhere", _log_out),
    ):
        one = actions.add_parser(action, help=help_text)
        one.add_argument("--name", required=True, help="the login name")
        one.set_defaults(run=run)


def _add_password(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--password", help="asked for when it is left away; read from a pipe when there is one")


def _create(args: argparse.Namespace) -> int:
    name = args.name or _ask("Name: ")
    with opened_database() as session:
        role = _role(session, args.role)
        stored = hash_password(args.password or _ask_for_password(), [name])
        ensure_house(session, get_settings().language)
        session.flush()
        house = read_house(session)
        language = house.language if house else get_settings().language
        create_user(session, name, stored, role, language, tenant_id=tenant_id(session, args.tenant))
    print(f"{name} can log in now as {role.value}.")  # noqa: T201
    return 0


def _role(session: Session, asked: str | None) -> Role:
    """Return the role asked for; without one the first person of a house is its administrator.

    Raises ``AccountError`` where nobody said what a further person may do.
    """
    if asked:
        return Role(asked)
    first = session.exec(select(col(User.id)).limit(1)).first() is None
    if not first:
        raise AccountError(_("Say what this person may do: --role {roles}.", roles=" | ".join(Role)))
    return Role.ADMINISTRATOR


def _list(_args: argparse.Namespace) -> int:
    with opened_database() as session:
        for account in users(session):
            seen = f"last seen {account.seen_at:%Y-%m-%d %H:%M} UTC" if account.seen_at else "not seen lately"
            state = f"disabled since {account.disabled_at:%Y-%m-%d}" if account.disabled_at else seen
            role = account.role.value if account.tenant is None else f"{account.role.value} {account.tenant}"
            print(f"{account.name}\t{role}\t{state}")  # noqa: T201
    return 0


def _password(args: argparse.Namespace) -> int:
    stored = hash_password(args.password or _ask_for_password(), [args.name])

    def change(session: Session, user: User) -> str:
        replace_password(session, user, stored, COMMAND_LINE)
        return f"{user.name} has a new password."

    return _do(args.name, change)


def _disable(args: argparse.Namespace) -> int:
    def disable(session: Session, user: User) -> str:
        shut_out(session, user, COMMAND_LINE)
        return f"{user.name} cannot log in any more."

    return _do(args.name, disable)


def _enable(args: argparse.Namespace) -> int:
    def enable(session: Session, user: User) -> str:
        enable_user(session, user, COMMAND_LINE)
        return f"{user.name} can log in again."

    return _do(args.name, enable)


def _log_out(args: argparse.Namespace) -> int:
    def log_out(session: Session, user: User) -> str:
        ended = end_logins(session, user.id or 0, COMMAND_LINE)
        return f"{len(ended)} logins of {user.name} have ended."

    return _do(args.name, log_out)


def _do(name: str, change: Callable[[Session, User], str]) -> int:
    with opened_database() as session:
        done = change(session, user_called(session, name))
    print(done)  # noqa: T201
    return 0


def _ask(question: str) -> str:
    return input(question) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _ask_for_password() -> str:
    return getpass.getpass("Password: ") if sys.stdin.isatty() else _ask("")
