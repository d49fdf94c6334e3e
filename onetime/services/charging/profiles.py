"""The charging profiles each charger has accepted, whoever set them (OCPP 1.6 edition 2, sections 3.13, 5.5, 5.16)."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from onetime.clock import utc_now
from onetime.models import Connector, StoredProfile, Transaction, TransactionState
from onetime.services.cards.remote_tags import stands_for
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
START_LASTS = timedelta(minutes=15)  # chargers give up a remote start without a car after 1 to 10 minutes
TX = ChargingProfilePurpose.TX.value


def keep_profile(session: Session, charger_id: int, request: SetChargingProfile, answer: Answer) -> None:
    """Remember a profile the charger took; it replaces one of its id, or of its place, purpose and stack level."""
    if answer.get("status") == "Accepted":
        _install(session, charger_id, request.connector_id, request.cs_charging_profiles, None)


def keep_start_profile(session: Session, charger_id: int, request: RemoteStartTransaction, answer: Answer) -> None:
    """Remember the profile of a session that is about to begin."""
    if answer.get("status") == "Accepted" and request.charging_profile and request.connector_id:
        _install(session, charger_id, request.connector_id, request.charging_profile, request.id_tag)


def give_start_profile(session: Session, charger_id: int, connector: int, transaction_id: int) -> None:
    """Give the profile of a remote start to the session it led to."""
    for row in _waiting_profiles(session, charger_id, connector):
        row.transaction_id = transaction_id
        session.add(row)


def drop_start_profile(session: Session, charger_id: int, connector: int) -> None:
    """Forget the profile of a remote start that led to nothing: the charger has dropped it too (section 5.11)."""
    for row in _waiting_profiles(session, charger_id, connector):
        session.delete(row)


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

    A TxProfile ends with its transaction (section 3.13). One that came with a remote start belongs to the session that
    start led to, for its card, and names that session here.
    """
    held = [_held(row, owner_of(session, row), now) for row in stored_profiles(session, charger_id)]
    return [each for each in held if each is not None]


def living_profiles(session: Session, charger_id: int, now: datetime) -> list[StoredProfile]:
    """Return the profiles a charger can still hold: those of sessions that ended are left out."""
    return [row for row in stored_profiles(session, charger_id) if not _has_ended(session, row, now)]


def owner_of(session: Session, row: StoredProfile) -> Transaction | None:
    """Return the session a TxProfile belongs to; None for one that waits for it, and for other profiles."""
    if row.purpose != TX:
        return None
    if row.transaction_id is not None:
        return session.get(Transaction, row.transaction_id)
    query = (
        select(Transaction)
        .join(Connector, col(Transaction.connector_id) == Connector.id)
        .where(Connector.charger_id == row.charger_id, Connector.number == row.connector_number)
        .where(col(Transaction.start_received_at) >= row.accepted_at - OVERTAKING)
        .where(col(Transaction.start_received_at) <= row.accepted_at + START_LASTS)
    )
    for begun in session.exec(query.order_by(col(Transaction.id))):
        is_its_card = row.id_tag is None or stands_for(row.id_tag, begun.id_tag)
        if is_its_card or begun.start_received_at >= row.accepted_at:
            return begun if is_its_card else None
    return None


def _has_ended(session: Session, row: StoredProfile, now: datetime) -> bool:
    """Say whether a TxProfile's session is over, or will not come any more."""
    if row.purpose != TX:
        return False
    owner = owner_of(session, row)
    if owner is None:
        return row.transaction_id is not None or now > row.accepted_at + START_LASTS
    return owner.state is not TransactionState.OPEN


def _waiting_profiles(session: Session, charger_id: int, connector: int) -> list[StoredProfile]:
    waits = (StoredProfile.connector_number == connector, StoredProfile.purpose == TX)
    query = select(StoredProfile).where(StoredProfile.charger_id == charger_id, *waits)
    return list(session.exec(query.where(col(StoredProfile.transaction_id).is_(None))).all())


def _install(
    session: Session, charger_id: int, connector: int, profile: ChargingProfile, started_for: str | None
) -> None:
    """Store a profile in the place of others; ``started_for`` is the card of the remote start it came with."""
    now = utc_now()
    for row in stored_profiles(session, charger_id):
        place = (row.connector_number, row.purpose, row.stack_level)
        same_place = place == (connector, profile.charging_profile_purpose.value, profile.stack_level)
        if same_place or row.profile_id == profile.charging_profile_id or _has_ended(session, row, now):
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
            id_tag=started_for,
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


def _held(row: StoredProfile, owner: Transaction | None, now: datetime) -> HeldProfile | None:
    profile = ChargingProfile.model_validate(row.content)
    if profile.valid_to is not None and profile.valid_to <= now:
        return None
    if profile.charging_profile_purpose is not ChargingProfilePurpose.TX:
        return HeldProfile(row.connector_number, profile)
    if owner is None or owner.state is not TransactionState.OPEN:
        return None  # it waits for a session to come, or its session is over
    return HeldProfile(row.connector_number, profile.model_copy(update={"transaction_id": owner.id}))
