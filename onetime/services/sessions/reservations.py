"""Reservations as the database keeps them: asked for, accepted, used by a session, given up (section 5.13)."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from onetime.models import Reservation, ReservationState, Transaction
from onetime.services.ocpp_actions.reservation import CancelReservation, ReserveNow

LARGEST_ID = 2**30  # of those made by hand: what is left above it, ours may count on


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
    """Remember that a charger gave up a reservation."""
    row = _own(session, charger_id, request.reservation_id)
    if row is not None and answer.get("status") == "Accepted":
        row.state = ReservationState.CANCELLED
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
    """End the reservation a start names; the id 0 has been read as none (SteVe #1414)."""
    row = _own(session, charger_id, transaction.reservation_id) if transaction.reservation_id else None
    if row is not None and row.state is ReservationState.ACTIVE:
        row.state, row.transaction_id = ReservationState.USED, transaction.id
        session.add(row)


def active_reservations(session: Session, charger_id: int, now: datetime) -> list[Reservation]:
    """Return what a charger holds free now, the one that ends first at the top."""
    query = select(Reservation).where(
        Reservation.charger_id == charger_id,
        Reservation.state == ReservationState.ACTIVE,
        col(Reservation.until) > now,
    )
    return list(session.exec(query.order_by(col(Reservation.until))).all())


def _own(session: Session, charger_id: int, reservation_id: int | None) -> Reservation | None:
    row = session.get(Reservation, reservation_id) if reservation_id else None
    return row if row is not None and row.charger_id == charger_id else None
