"""What the house remembers of what a charger was told and did not refuse, whoever told it.

A raw command counts as much as an operation: both go through ``CommandService.send``, which hands the answer over.
"""

import logging
from collections.abc import Callable
from typing import Any

from sqlmodel import Session, select

from onetime.models import Charger, Connector
from onetime.services.cards.local_lists import keep_list
from onetime.services.chargers.house_settings import keep_choice
from onetime.services.chargers.live import LiveCharger
from onetime.services.charging.profiles import keep_cleared as keep_cleared_profiles
from onetime.services.charging.profiles import keep_profile, keep_start_profile
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.ocpp_actions.core import AvailabilityType, ChangeAvailability, RemoteStartTransaction
from onetime.services.ocpp_actions.local_list import SendLocalList
from onetime.services.ocpp_actions.reservation import CancelReservation, ReserveNow
from onetime.services.ocpp_actions.smart_charging import ClearChargingProfile, SetChargingProfile
from onetime.services.sessions.reservations import keep_cancelled, keep_reserved
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseError

logger = logging.getLogger(__name__)

Answer = dict[str, Any]


async def keep_answer(
    database: Database, charger: LiveCharger, request: Payload, answer: Answer, asked_by: str
) -> None:
    """Remember what follows from a charger's answer. The charger has done it already, so a failure is only logged."""
    keeper = _KEEPERS.get(type(request))
    if keeper is None:
        return

    def work(session: Session) -> None:
        keeper(session, charger.id, request, answer)
        if isinstance(request, ChangeConfiguration):
            keep_choice(session, charger.id, request, answer, asked_by)

    try:
        await database.write(work)
    except DatabaseError as error:
        logger.warning("What %s accepted is not written down: %s", charger.identity, error)
    show = _SHOWN.get(type(request))
    if show is not None:
        show(charger, request, answer)


def _keep_setting(session: Session, charger_id: int, request: ChangeConfiguration, answer: Answer) -> None:
    row = session.get_one(Charger, charger_id)
    row.reboot_needed_for = _with_key(row.reboot_needed_for, request, answer)
    session.add(row)


def _show_setting(charger: LiveCharger, request: ChangeConfiguration, answer: Answer) -> None:
    charger.reboot_needed_for = _with_key(charger.reboot_needed_for, request, answer)


def _with_key(known: str | None, request: ChangeConfiguration, answer: Answer) -> str | None:
    """Add a setting that waits for a boot: RebootRequired is success (section 5.3)."""
    if answer.get("status") != "RebootRequired":
        return known
    keys = known.split(",") if known else []
    return ",".join(dict.fromkeys([*keys, request.key.replace(",", " ")]))


def _keep_availability(session: Session, charger_id: int, request: ChangeAvailability, answer: Answer) -> None:
    if not _is_heeded(answer):
        return
    query = select(Connector).where(Connector.charger_id == charger_id)
    if request.connector_id != 0:
        query = query.where(Connector.number == request.connector_id)
    for row in session.exec(query).all():
        row.wanted_available = request.type is AvailabilityType.OPERATIVE
        session.add(row)


def _show_availability(charger: LiveCharger, request: ChangeAvailability, answer: Answer) -> None:
    for number, connector in charger.connectors.items():
        if _is_heeded(answer) and request.connector_id in (0, number):
            connector.wanted_available = request.type is AvailabilityType.OPERATIVE


def _is_heeded(answer: Answer) -> bool:
    return answer.get("status") in ("Accepted", "Scheduled")


_KEEPERS: dict[type[Payload], Callable[[Session, int, Any, Answer], None]] = {
    ChangeAvailability: _keep_availability,
    ChangeConfiguration: _keep_setting,
    ReserveNow: keep_reserved,
    CancelReservation: keep_cancelled,
    SendLocalList: keep_list,
    SetChargingProfile: keep_profile,
    ClearChargingProfile: keep_cleared_profiles,
    RemoteStartTransaction: keep_start_profile,
}
_SHOWN: dict[type[Payload], Callable[[LiveCharger, Any, Answer], None]] = {
    ChangeAvailability: _show_availability,
    ChangeConfiguration: _show_setting,
}
