"""The cards a charger may let charge without asking: what it has, what it should have, and how to get there.

Defined in OCPP 1.6 edition 2, sections 3.5 and 5.15. A version is above 0 and rises with each message; 0 stands for an
empty list, -1 for a charger without one (section 6.28).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from onetime.models import Card, CardStatus, LocalList
from onetime.services.cards.authorization import id_tag_key
from onetime.services.ocpp_actions.base import wire_time
from onetime.services.ocpp_actions.local_list import AuthorizationData, SendLocalList, UpdateType
from onetime.store.unreadable import readable_rows

LONGEST_TAG = 20  # CiString20; a longer tag cannot be told to a charger
NO_LIST = -1

Cards = dict[str, dict[str, Any]]


def wanted_cards(session: Session, now: datetime) -> Cards:
    """Return what a charger's list should hold: the accepted cards, as OCPP's AuthorizationData by upper-case tag."""
    rows = readable_rows(session, select(Card).where(Card.status == CardStatus.ACCEPTED), col(Card.id))
    return {
        row.id_tag_key: _entry(row)
        for row in rows
        if len(row.id_tag) <= LONGEST_TAG and (row.expires_at is None or row.expires_at > now)
    }


def plan_full(version: int, wanted: Cards, longest: int | None) -> list[SendLocalList]:
    """Return the messages that replace a list of ``version``: one full update, then additions where it is too long."""
    parts = list(_parts(list(wanted.values()), longest)) or [[]]
    kinds = [UpdateType.FULL, *[UpdateType.DIFFERENTIAL] * (len(parts) - 1)]
    return _messages(version, list(zip(kinds, parts, strict=True)))


def plan_changes(version: int, known: Cards, wanted: Cards, longest: int | None) -> list[SendLocalList]:
    """Return the messages that turn the known list of ``version`` into the wanted one; none where nothing differs."""
    gone = [{"idTag": entry["idTag"]} for key, entry in known.items() if key not in wanted]  # without info: deleted
    changed = [entry for key, entry in wanted.items() if known.get(key) != entry]
    return _messages(version, [(UpdateType.DIFFERENTIAL, part) for part in _parts([*gone, *changed], longest)])


def keep_list(session: Session, charger_id: int, request: SendLocalList, answer: dict[str, Any]) -> None:
    """Remember which cards a charger has now, whoever sent them."""
    row = session.get(LocalList, charger_id)
    if answer.get("status") != "Accepted":
        return
    if request.update_type is UpdateType.FULL:
        row = row or LocalList(charger_id=charger_id, version=0)
        row.cards = {}
    if row is None:
        return  # a change of a list nobody here knows
    cards = dict(row.cards)
    for entry in request.wire().get("localAuthorizationList", []):
        cards.pop(id_tag_key(entry["idTag"]), None)
        if "idTagInfo" in entry:
            cards[id_tag_key(entry["idTag"])] = entry
    row.cards, row.version = cards, request.list_version
    session.add(row)


def _entry(row: Card) -> dict[str, Any]:
    info: dict[str, Any] = {"status": "Accepted"}
    if row.expires_at is not None:
        info["expiryDate"] = wire_time(row.expires_at)
    if row.parent_id_tag:
        info["parentIdTag"] = row.parent_id_tag[:LONGEST_TAG]
    return {"idTag": row.id_tag, "idTagInfo": info}


def _parts(entries: list[dict[str, Any]], longest: int | None) -> Iterator[list[dict[str, Any]]]:
    size = max(1, longest or len(entries))
    for start in range(0, len(entries), size):
        yield entries[start : start + size]


def _messages(version: int, parts: list[tuple[UpdateType, list[dict[str, Any]]]]) -> list[SendLocalList]:
    """Number the messages on from the version the charger has, from 1 at least."""
    first = max(0, version) + 1
    return [
        SendLocalList(
            list_version=number,
            update_type=kind,
            local_authorization_list=[AuthorizationData.model_validate(entry) for entry in entries] or None,
        )
        for number, (kind, entries) in enumerate(parts, first)
    ]
