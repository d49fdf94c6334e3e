"""Reservations as the database keeps them: asked for, accepted, used by a session, given up (section 5.13)."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from onetime.clock import utc_now
from onetime.models import Card, Charger, Connector, Reservation, ReservationState, Transaction
from onetime.services.cards.authorization import id_tag_key
from onetime.services.ocpp_actions.reservation import CancelReservation, ReserveNow
from onetime.store.database import Database
from onetime.store.unreadable import first_if_readable, readable_rows, row_if_readable, what_is_readable

LARGEST_ID = 2**30  # of those made by hand: what is left above it, ours may count on


class ReservationService:
    """Follows what chargers hold free by what their connectors show."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def freed(self, charger_id: int, number: int, *, was_reserved: bool) -> None:
        """End what was reserved at a connector that says Available, where the charger has forgotten it."""
        now = utc_now()
        if await self._database.read(lambda s: active_reservations(s, charger_id, now)):
            await self._database.write(
                lambda s: drop_forgotten(s, charger_id, number, was_reserved=was_reserved, now=now)
            )


def add_reservation(
    session: Session, charger_id: int, connector: int, id_tag: str, parent_id_tag: str | None, until: datetime
) -> Reservation:
    """Store a reservation that is about to be asked for; its id is one no other reservation had."""
    highest = session.exec(select(func.max(Reservation.id))).one() or 0  # raw commands bring ids of their own
    row = Reservation(
        id=highest + 1,
        charger_id=charger_id,
        connector_number=connector,
        id_tag=id_tag,
        parent_id_tag=parent_id_tag,
        until=until,
    )
    session.add(row)
    session.flush()
    return row


def keep_reserved(session: Session, charger_id: int, request: ReserveNow, answer: dict[str, Any]) -> None:
    """Remember what a charger answered to ReserveNow; the same id replaces a reservation."""
    row = _own(session, charger_id, request.reservation_id)
    accepted = answer.get("status") == "Accepted"
    if row is None:
        if not accepted or not 0 < request.reservation_id <= LARGEST_ID:
            return
        if session.get(Reservation, request.reservation_id) is not None:
            return  # the id of another charger's: this one was made by hand, and cannot be told apart
        row = Reservation(id=request.reservation_id, charger_id=charger_id, connector_number=0, id_tag="",
                          until=request.expiry_date)  # fmt: skip
    if accepted:
        row.connector_number, row.id_tag = request.connector_id, request.id_tag
        row.parent_id_tag, row.until = request.parent_id_tag, request.expiry_date
        row.state = ReservationState.ACTIVE
    elif row.state is ReservationState.ASKED:
        row.state = ReservationState.REFUSED
    session.add(row)


def keep_cancelled(session: Session, charger_id: int, request: CancelReservation, answer: dict[str, Any]) -> None:
    """Remember that a charger gave up a reservation, or knows of none: Rejected says so (section 6.4)."""
    row = _own(session, charger_id, request.reservation_id)
    ended = {"Accepted": ReservationState.CANCELLED, "Rejected": ReservationState.DROPPED}.get(
        str(answer.get("status"))
    )
    if row is not None and ended is not None and row.state in (ReservationState.ASKED, ReservationState.ACTIVE):
        row.state = ended
        session.add(row)


def end_unanswered(session: Session, reservation_id: int) -> None:
    """Give up a reservation the charger has not answered."""
    row = session.get_one(Reservation, reservation_id)
    if row.state is ReservationState.ASKED:
        row.state = ReservationState.REFUSED
        session.add(row)


def reservation_named(reservation_id: int | None) -> int | None:
    """Return the reservation a start names, or None: some chargers send 0 (SteVe #1414) or the largest number."""
    return reservation_id if reservation_id is not None and 0 < reservation_id < 2**31 else None


def use_reservation(session: Session, charger_id: int, transaction: Transaction) -> None:
    """End the reservation a start names, and those of its place that are for its card or its card's group.

    Some chargers name -1 or 0, or none (MicroOcpp #154, SteVe #1414): the card and the connector tell it as well.
    """
    number = what_is_readable(session, Connector, transaction.connector_id).number
    cards = select(Card).where(Card.id_tag_key == id_tag_key(transaction.id_tag))
    card = first_if_readable(session, cards, col(Card.id))
    group = card.parent_id_tag if card else None
    active = select(Reservation).where(
        Reservation.charger_id == charger_id, Reservation.state == ReservationState.ACTIVE
    )
    for row in readable_rows(session, active, col(Reservation.id)):
        is_here = row.connector_number in (0, number) and row.until > transaction.started_at
        if row.id == transaction.reservation_id or (is_here and is_reserved_for(row, transaction.id_tag, group)):
            row.state, row.transaction_id = ReservationState.USED, transaction.id
            session.add(row)


def is_reserved_for(row: Reservation, id_tag: str, group: str | None) -> bool:
    """Say whether a card may use a reservation: it is for this card, or for another one of its group."""
    same_group = row.parent_id_tag is not None and group is not None
    return id_tag_key(row.id_tag) == id_tag_key(id_tag) or (
        same_group and id_tag_key(row.parent_id_tag or "") == id_tag_key(group or "")
    )


def drop_forgotten(session: Session, charger_id: int, number: int, *, was_reserved: bool, now: datetime) -> None:
    """End what is reserved at a connector that says Available.

    The charger no longer knows of it where the connector was shown as reserved before, and where the charger has booted
    since (MicroOcpp #202, #233). One that never shows Reserved is believed until then. Of a reservation of any
    connector (0) a boot tells nothing: all of them are free until its card comes (section 5.13).
    """
    booted_at = what_is_readable(session, Charger, charger_id).booted_at
    plugs = session.exec(select(Connector.number).where(Connector.charger_id == charger_id, Connector.number > 0)).all()
    for row in active_reservations(session, charger_id, now):
        has_booted = booted_at is not None and booted_at > row.created_at
        if row.connector_number == 0:
            is_forgotten = was_reserved and (number == 0 or list(plugs) == [number])
        else:
            is_forgotten = row.connector_number == number and (was_reserved or has_booted)
        if is_forgotten:
            row.state = ReservationState.DROPPED
            session.add(row)


def active_reservations(session: Session, charger_id: int, now: datetime) -> list[Reservation]:
    """Return what a charger holds free now, the one that ends first at the top."""
    query = select(Reservation).where(
        Reservation.charger_id == charger_id,
        Reservation.state == ReservationState.ACTIVE,
        col(Reservation.until) > now,
    )
    return readable_rows(session, query.order_by(col(Reservation.until)), col(Reservation.id))


def _own(session: Session, charger_id: int, reservation_id: int | None) -> Reservation | None:
    row = row_if_readable(session, Reservation, reservation_id) if reservation_id else None
    return row if row is not None and row.charger_id == charger_id else None
