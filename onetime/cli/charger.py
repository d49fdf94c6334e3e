"""``charger``: who may connect, and how it proves who it is."""

import argparse
import re
import sys
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from onetime.cli.command_error import CommandLineError
from onetime.cli.databases import opened_database
from onetime.models import Charger, Commissioning, Site
from onetime.services.chargers.life import accept_charger, unknown_charger
from onetime.services.commissioning import window as commissioning
from onetime.services.commissioning.enrolment import decide
from onetime.services.commissioning.window import AlwaysOpenError, Window, window_of
from onetime.services.people.audit import COMMAND_LINE
from onetime.services.security import store
from onetime.services.security.facts import SecurityFacts, load_facts
from onetime.services.security.passwords.keys import check_strength, new_key, stored_form, weakness
from onetime.services.security.state import missing_for
from onetime.settings import get_settings

UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
IDENTITY_HELP = "the charger's name, as at the end of its address"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, what, run in (
        ("accept", "let a charger in that has been in touch", _accept),
        ("add", "let a charger in before it calls for the first time", _add),
        ("reject", "keep a charger out", _reject),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("identity", help=IDENTITY_HELP)
        action.set_defaults(run=run)
    opening = actions.add_parser("open", help="let new chargers in for a while, to wait for acceptance")
    opening.add_argument(
        "--for", dest="length", type=_length, default=timedelta(days=1), metavar="LENGTH", help="30m, 12h, 1d or 2w; 1d"
    )
    opening.set_defaults(run=_open)
    closing = actions.add_parser("close", help="turn new chargers away; known ones connect as always")
    closing.set_defaults(run=_close)
    password = actions.add_parser("password", help="set a charger's password, to be entered at the charger too")
    password.add_argument("identity", help=IDENTITY_HELP)
    password.add_argument("--stdin", action="store_true", help="read it from the standard input, instead of making one")
    password.set_defaults(run=_password)
    profile = actions.add_parser("profile", help="decide which security profile a charger must use")
    profile.add_argument("identity", help=IDENTITY_HELP)
    profile.add_argument("profile", type=int, choices=range(4), help="0 none, 1 password, 2 encrypted, 3 certificate")
    profile.set_defaults(run=_profile)


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


def _length(text: str) -> timedelta:
    """Read a length of time such as 12h. Raises ``argparse.ArgumentTypeError``."""
    match = re.fullmatch(r"([0-9]{1,4})([mhdw])", text)
    if match is None:
        msg = f"{text} is no length of time; write 30m, 12h, 1d or 2w."
        raise argparse.ArgumentTypeError(msg)
    return int(match[1]) * UNITS[match[2]]


def _open(args: argparse.Namespace) -> int:
    window = window_of(args.length)
    with opened_database() as session:
        commissioning.store(session, window, COMMAND_LINE)
        zone = session.exec(select(Site.time_zone)).first() or "UTC"
    if window.open_until is None:
        print("New chargers are let in; the end is set once the system's time is right.")  # noqa: T201
    else:
        end = window.open_until.astimezone(ZoneInfo(zone))
        print(f"New chargers are let in until {end:%Y-%m-%d %H:%M} ({zone}).")  # noqa: T201
    return 0


def _close(_args: argparse.Namespace) -> int:
    if get_settings().accept_new_chargers:
        raise AlwaysOpenError
    with opened_database() as session:
        commissioning.store(session, Window(), COMMAND_LINE)
    print("New chargers are turned away.")  # noqa: T201
    return 0


def _password(args: argparse.Namespace) -> int:
    """Print a new password once, or take the one that is already in the charger. It never stands in the command."""
    key = sys.stdin.readline().strip() if args.stdin else new_key()
    if args.stdin:
        check_strength(key)
    stored = stored_form(key)
    with opened_database() as session:
        store.enter_password(session, _charger_id(session, args.identity), stored, COMMAND_LINE)
    if args.stdin:
        print(f"{args.identity} has a new password.")  # noqa: T201
        if warning := weakness(key):
            print(warning, file=sys.stderr)  # noqa: T201
    else:
        print(key)  # noqa: T201 - the password and nothing else
    return 0


def _profile(args: argparse.Namespace) -> int:
    settings = get_settings()
    with opened_database() as session:
        charger_id = _charger_id(session, args.identity)
        facts = next(iter(load_facts(session, [charger_id])), SecurityFacts(charger_id))
        running = session.get(Commissioning, 1)  # the shell may lack what the house was started with
        has_tls = settings.ocpp_tls_port is not None or bool(running and running.has_encrypted_port)
        trusts_others = settings.tls_client_ca is not None or bool(running and running.trusts_other_authorities)
        if missing := missing_for(args.profile, facts, has_tls=has_tls, trusts_others=trusts_others):
            raise CommandLineError(" ".join(missing))
        store.set_profile(session, charger_id, args.profile, COMMAND_LINE)
    print(f"{args.identity} must use security profile {args.profile}.")  # noqa: T201
    return 0


def _charger_id(session: Session, identity: str) -> int:
    found = session.exec(select(Charger.id).where(Charger.identity_key == identity.casefold())).first()
    if found is None:
        raise unknown_charger(identity)
    return found
