"""The charging profiles each charger has accepted, whoever set them (OCPP 1.6 edition 2, sections 3.13, 5.5, 5.16)."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from onetime.clock import utc_now
from onetime.models import Connector, StoredProfile, Transaction, TransactionState
from onetime.services.charging.composing import HeldProfile
from onetime.services.ocpp_actions.core import RemoteStartTransaction
from onetime.services.ocpp_actions.smart_charging import (
    ChargingProfile,
    ChargingProfilePurpose,
    ClearChargingProfile,
    SetChargingProfile,
)

Answer = dict[str, Any]

OVERTAKING = timedelta(seconds=5)  # a start may be here before the answer to the request for it is written down


def keep_profile(session: Session, charger_id: int, request: SetChargingProfile, answer: Answer) -> None:
    """Remember a profile the charger took; it replaces one of its id, or of its place, purpose and stack level."""
    if answer.get("status") == "Accepted":
        _install(session, charger_id, request.connector_id, request.cs_charging_profiles)


def keep_start_profile(session: Session, charger_id: int, request: RemoteStartTransaction, answer: Answer) -> None:
    """Remember the profile of a session that is about to begin."""
    if answer.get("status") == "Accepted" and request.charging_profile and request.connector_id:
        _install(session, charger_id, request.connector_id, request.charging_profile)


def keep_cleared(session: Session, charger_id: int, request: ClearChargingProfile, answer: Answer) -> None:
    """Forget what matches all fields given; an id alone counts. Unknown means that the charger has none of them."""
    if answer.get("status") not in ("Accepted", "Unknown"):
        return
    for row in stored_profiles(session, charger_id):
        if _matches(row, request):
            session.delete(row)


def stored_profiles(session: Session, charger_id: int) -> list[StoredProfile]:
    """Return every profile a charger has accepted and was not told to clear."""
    query = select(StoredProfile).where(StoredProfile.charger_id == charger_id)
    return list(session.exec(query.order_by(col(StoredProfile.id))).all())


def held_profiles(session: Session, charger_id: int, now: datetime) -> list[HeldProfile]:
    """Return the profiles that still mean something: not run out, and of sessions only those that run.

    A TxProfile names its transaction, also where it came with the remote start that led to it.
    """
    running = _running_sessions(session, charger_id)
    return [held for row in stored_profiles(session, charger_id) if (held := _held(row, running, now)) is not None]


def _install(session: Session, charger_id: int, connector: int, profile: ChargingProfile) -> None:
    now = utc_now()
    running = _running_sessions(session, charger_id)
    for row in stored_profiles(session, charger_id):
        place = (row.connector_number, row.purpose, row.stack_level)
        same_place = place == (connector, profile.charging_profile_purpose.value, profile.stack_level)
        has_ended = _held(row, running, now) is None and row.transaction_id is not None
        if same_place or has_ended or row.profile_id == profile.charging_profile_id:
            session.delete(row)
    session.flush()
    session.add(
        StoredProfile(
            charger_id=charger_id,
            connector_number=connector,
            profile_id=profile.charging_profile_id,
            purpose=profile.charging_profile_purpose.value,
            stack_level=profile.stack_level,
            transaction_id=profile.transaction_id,
            content=profile.wire(),
            accepted_at=now,
        )
    )


def _matches(row: StoredProfile, request: ClearChargingProfile) -> bool:
    if request.id is not None:
        return row.profile_id == request.id
    purpose = request.charging_profile_purpose
    return (
        request.connector_id in (None, row.connector_number)
        and (purpose is None or purpose.value == row.purpose)
        and request.stack_level in (None, row.stack_level)
    )


def _held(row: StoredProfile, running: dict[int, Transaction], now: datetime) -> HeldProfile | None:
    profile = ChargingProfile.model_validate(row.content)
    if profile.valid_to is not None and profile.valid_to <= now:
        return None
    if profile.charging_profile_purpose is not ChargingProfilePurpose.TX:
        return HeldProfile(row.connector_number, profile)
    session = running.get(row.connector_number)
    if session is None or row.transaction_id not in (None, session.id):
        return None
    if row.transaction_id is None and session.start_received_at < row.accepted_at - OVERTAKING:
        return None  # it waits for a session to come
    return HeldProfile(row.connector_number, profile.model_copy(update={"transaction_id": session.id}))


def _running_sessions(session: Session, charger_id: int) -> dict[int, Transaction]:
    query = (
        select(Connector.number, Transaction)
        .join(Transaction, col(Transaction.connector_id) == Connector.id)
        .where(Connector.charger_id == charger_id, Transaction.state == TransactionState.OPEN)
        .order_by(col(Transaction.id))
    )
    return dict(session.exec(query).all())
