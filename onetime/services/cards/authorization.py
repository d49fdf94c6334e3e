"""May this card charge? Cards are compared as chargers report them: case and surrounding blanks do not count."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from onetime.clock import utc_now
from onetime.events import CardChanged, EventBus
from onetime.models import Card, CardStatus
from onetime.services.cards.budget import NewCardBudget
from onetime.store.database import Database
from onetime.store.unreadable import first_if_readable

# Why a session ends, in capitals (OCPP 1.6 edition 2, section 7.36).
_REASONS = frozenset(
    {"DEAUTHORIZED", "EMERGENCYSTOP", "EVDISCONNECTED", "HARDRESET", "LOCAL", "OTHER"}
    | {"POWERLOSS", "REBOOT", "REMOTE", "SOFTRESET", "UNLOCKCOMMAND"}
)
_APPENDING_VENDORS = ("keba",)
_UID = re.compile(r"(?:[0-9A-Fa-f]{8}|[0-9A-Fa-f]{14}|[0-9A-Fa-f]{20})")  # ISO 14443: 4, 7 or 10 bytes


class AuthorizationStatus(StrEnum):
    """The answer to a card (OCPP 1.6 edition 2, section 7.2)."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    CONCURRENT_TX = "ConcurrentTx"


@dataclass(frozen=True, slots=True)
class Authorization:
    """What a charger is told about a card (OCPP: idTagInfo)."""

    status: AuthorizationStatus
    card_id: int | None = None
    card_is_new: bool = False
    parent_id_tag: str | None = None
    expires_at: datetime | None = None


class AuthorizationService:
    """Answers chargers that ask about a card."""

    def __init__(self, database: Database, bus: EventBus, new_cards: NewCardBudget, *, accept_unknown: bool) -> None:
        self._database = database
        self._bus = bus
        self._new_cards = new_cards
        self._accept_unknown = accept_unknown

    async def authorize(self, id_tag: str, charger_id: int | None = None) -> Authorization:
        """Say whether the card may charge. A card never seen before is stored for somebody to name.

        Of a charger that shows more new cards than a house has, no more are stored; they are unknown all the same.
        """
        now, stores_new = utc_now(), charger_id is None or self._new_cards.has_room(charger_id)
        answer = await self._database.write(
            lambda s: authorize(s, id_tag, now, accept_unknown=self._accept_unknown, stores_new=stores_new)
        )
        if answer.card_id is not None and answer.card_is_new:
            if charger_id is not None:
                self._new_cards.spend(charger_id)
            self._bus.publish(CardChanged(answer.card_id))
        return answer


def card_tag(sent: str, vendor: str | None, serial_number: str | None) -> str:
    """Return a card's own tag without the serial number that some chargers append to it.

    A KEBA P30 x speaks for a whole garage and sends ``04A1B2C3_SERIAL`` with the serial number of the charger that
    read the card (OCPP.Core, Real_life_Experiences_KEBA).
    """
    tag, separator, appended = sent.strip().rpartition("_")
    if not separator or not tag:
        return sent
    is_own_serial = serial_number is not None and appended.casefold() == serial_number.strip().casefold()
    is_suffix = vendor is not None and vendor.strip().casefold().startswith(_APPENDING_VENDORS) and _UID.fullmatch(tag)
    return tag if is_own_serial or is_suffix else sent


_BYTES = re.compile(r"[0-9A-F]{2}([:\- ][0-9A-F]{2}){3,}")  # the shortest card number has four bytes
_SEPARATORS = re.compile(r"[:\- ]")


def id_tag_key(id_tag: str) -> str:
    """Return what two reports of one card have in common (OCPP 1.6 edition 2, section 3.9: case-insensitive).

    Some readers write a card's bytes with separators between them and some without (evcc #4858).
    """
    key = id_tag.strip().upper()
    return _SEPARATORS.sub("", key) if _BYTES.fullmatch(key) else key


def authorize(
    session: Session, id_tag: str, now: datetime, *, accept_unknown: bool, stores_new: bool = True
) -> Authorization:
    """Decide about a card inside a transaction, storing it when it is new and ``stores_new``.

    What is no card's number is never stored: nobody could name it. A card that cannot be read is as good as unknown.
    """
    key = id_tag_key(id_tag)
    card = first_if_readable(session, select(Card).where(Card.id_tag_key == key), col(Card.id))
    is_new = card is None
    is_stored = is_new and session.exec(select(Card.id).where(Card.id_tag_key == key)).first() is not None
    if card is None and (is_stored or not (stores_new and is_number(key))):
        return Authorization(AuthorizationStatus.ACCEPTED if accept_unknown else AuthorizationStatus.INVALID)
    if card is None:
        card = Card(id_tag=id_tag.strip(), id_tag_key=key, first_seen_at=now)
        session.add(card)
        session.flush()
    status = _status(card, now, accept_unknown=accept_unknown)
    if status is not AuthorizationStatus.ACCEPTED:
        card.last_refused_at = now
        session.add(card)
    return Authorization(status, card.id, is_new, card.parent_id_tag, card.expires_at)


def is_number(key: str) -> bool:
    """Say whether a card can have this number: charging without cards sends none (ocpp-go #277, evcc #25956).

    Some chargers put the reason of a stop in its place (MicroOcpp #202).
    """
    return bool(key) and key not in _REASONS


def _status(card: Card, now: datetime, *, accept_unknown: bool) -> AuthorizationStatus:
    if card.status is CardStatus.BLOCKED:
        return AuthorizationStatus.BLOCKED
    if card.status is CardStatus.UNKNOWN and not accept_unknown:
        return AuthorizationStatus.INVALID
    if card.expires_at is not None and card.expires_at <= now:
        return AuthorizationStatus.EXPIRED
    return AuthorizationStatus.ACCEPTED
