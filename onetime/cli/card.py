"""``card``: what may charge."""

import argparse
from datetime import datetime

from onetime.bounds import bounded_instant
from onetime.cli.databases import opened_database
from onetime.models import CardStatus
from onetime.services.cards.holders import CardFacts, save_card
from onetime.services.people.audit import COMMAND_LINE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command."""
    add = parser.add_subparsers(required=True, metavar="ACTION").add_parser("add", help="let a card charge")
    add.add_argument("id_tag", help="the card's number, as the charger reads it")
    add.add_argument("--tenant", help="whose it is; added when new")
    add.add_argument(
        "--since", type=_instant, metavar="TIME", help="theirs from then on; a card that has none before: ever"
    )
    add.add_argument("--label", help="a name for the card")
    add.add_argument("--group", help="the group it belongs to (OCPP: parentIdTag)")
    add.add_argument("--expires", type=_instant, metavar="TIME", help="refused from then on, such as 2027-12-31T23:00Z")
    add.add_argument("--blocked", action="store_true", help="refuse the card instead")
    add.set_defaults(run=_add)


def _add(args: argparse.Namespace) -> int:
    status = CardStatus.BLOCKED if args.blocked else CardStatus.ACCEPTED
    facts = CardFacts(args.id_tag, status, args.tenant, args.label, args.group, args.expires, args.since)
    with opened_database() as session:
        save_card(session, facts, COMMAND_LINE)
    print(f"{args.id_tag} is {status.value}.")  # noqa: T201
    return 0


def _instant(text: str) -> datetime:
    """Return the time a person types; one without a zone is this machine's."""
    try:
        return bounded_instant(datetime.fromisoformat(text).astimezone())
    except (ValueError, OverflowError) as error:
        msg = f"“{text}” is no time between the years 1970 and 2199; one is written 2027-12-31T23:00Z"
        raise argparse.ArgumentTypeError(msg) from error
