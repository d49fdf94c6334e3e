"""``card``: what may charge."""

import argparse
from datetime import UTC, datetime

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
        "--since", type=datetime.fromisoformat, help="theirs from then on; a card that has none before: ever"
    )
    add.add_argument("--label", help="a name for the card")
    add.add_argument("--group", help="the group it belongs to (OCPP: parentIdTag)")
    add.add_argument("--expires", type=datetime.fromisoformat, help="refused from then on, such as 2027-12-31T23:00Z")
    add.add_argument("--blocked", action="store_true", help="refuse the card instead")
    add.set_defaults(run=_add)


def _add(args: argparse.Namespace) -> int:
    status = CardStatus.BLOCKED if args.blocked else CardStatus.ACCEPTED
    expires_at = args.expires.astimezone(UTC) if args.expires else None
    since = args.since.astimezone(UTC) if args.since else None
    facts = CardFacts(args.id_tag, status, args.tenant, args.label, args.group, expires_at, since)
    with opened_database() as session:
        save_card(session, facts, COMMAND_LINE)
    print(f"{args.id_tag} is {status.value}.")  # noqa: T201
    return 0
