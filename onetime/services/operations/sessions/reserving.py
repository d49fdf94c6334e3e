"""Keep a connector free for a card until a time, and give it up again."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import Field, model_validator

from onetime.bounds import Instant
from onetime.clock import utc_now
from onetime.events import ChargerReported
from onetime.models import ConnectorStatus, Reservation
from onetime.services.chargers.commands import CommandError
from onetime.services.chargers.settings import read_keys
from onetime.services.ocpp_actions.reservation import CancelReservation, ReserveNow
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run
from onetime.services.operations.places import CardTag, Connector, ConnectorOrAll, Patience, says_status
from onetime.services.operations.sessions.cards import check_card
from onetime.services.people.permissions import Permission
from onetime.services.sessions.reservations import active_reservations, add_reservation, end_unanswered
from onetime.texts import Text, _

REPORTING_S = 60.0  # for a StatusNotification; the spec asks for one at once
LONGEST_S = 30 * 86_400
LONGEST = timedelta(seconds=LONGEST_S)
ZERO_SUPPORTED = "ReserveConnectorZeroSupported"


class ReserveParameters(OperationParameters):
    """Keep a connector, or with 0 any one of them, free for a card, and wait until the charger shows it.

    Other cards of the same group may use it too. It ends when the card starts a session, when it is cancelled, or at
    ``until``.
    """

    connector: ConnectorOrAll = 0
    id_tag: CardTag
    until: Instant | None = Field(default=None, description="When it ends: RFC 3339 with a zone.")
    duration_s: int | None = Field(default=None, gt=0, le=LONGEST_S, description="Seconds from now, in place of until.")
    timeout_s: Patience = Field(default=REPORTING_S, description="Seconds to wait for the connector to say so.")

    @model_validator(mode="after")
    def _ends(self) -> "ReserveParameters":
        if (self.until is None) == (self.duration_s is None):
            raise ValueError("say either until or duration_s")
        now = utc_now()
        if not now < self.end(now) <= now + LONGEST:
            raise ValueError("a reservation ends within the next 30 days")
        return self

    def end(self, now: datetime) -> datetime:
        """Return when the reservation ends."""
        return self.until or now + timedelta(seconds=self.duration_s or 0)


class CancelReservationParameters(OperationParameters):
    """Give up a reservation, named by its id or by its connector, and wait until the connector is free."""

    reservation_id: int | None = Field(default=None, ge=1, le=2**31 - 1)
    connector: Connector | None = None
    timeout_s: Patience = Field(default=REPORTING_S, description="Seconds to wait for the connector to say so.")

    @model_validator(mode="after")
    def _one_of_both(self) -> "CancelReservationParameters":
        if (self.connector is None) == (self.reservation_id is None):
            raise ValueError("name either the reservation_id or the connector")
        return self


async def reserve(run: Run, wanted: ReserveParameters) -> dict[str, Any]:
    """Send ReserveNow, and wait for the status Reserved (section 5.13)."""
    card = await check_card(run, wanted.id_tag)
    parent, until = card.parent_id_tag if card else None, wanted.end(utc_now())
    row = await run.database.write(
        lambda s: add_reservation(s, run.charger.id, wanted.connector, wanted.id_tag, parent, until)
    )
    reservation_id = row.id or 0
    request = ReserveNow(
        connector_id=wanted.connector,
        expiry_date=until,
        id_tag=wanted.id_tag,
        parent_id_tag=parent[:20] if parent else None,
        reservation_id=reservation_id,
    )
    try:
        answer = await run.send(request)
    except CommandError:
        await run.database.write(lambda s: end_unanswered(s, reservation_id))
        raise
    await _check(run, wanted, str(answer.get("status", "")))
    run.step(_("Reserved until {until}.", until=until.strftime("%Y-%m-%d %H:%M UTC")))
    if wanted.connector:
        await _wait(run, wanted.connector, ConnectorStatus.RESERVED, wanted.timeout_s)
    return {"reservation_id": reservation_id, "connector": wanted.connector, "until": until.isoformat()}


async def cancel(run: Run, wanted: CancelReservationParameters) -> dict[str, Any]:
    """Send CancelReservation, and wait until the connector is no longer reserved (section 5.1)."""
    now = utc_now()
    active = await run.database.read(lambda s: active_reservations(s, run.charger.id, now))
    row = _named(active, wanted)
    reservation_id = row.id if row else wanted.reservation_id
    if reservation_id is None:
        msg = _("Nothing is reserved at connector {number}.", number=wanted.connector)
        raise OperationFailedError(msg, "nothing-reserved")
    answer = await run.send(CancelReservation(reservation_id=reservation_id))
    connector = run.connector(row.connector_number) if row is not None and row.connector_number else None
    is_shown = connector is not None and connector.status is ConnectorStatus.RESERVED
    if answer.get("status") != "Accepted":
        msg = _("{identity} knows of no reservation {id}.", identity=run.charger.identity, id=reservation_id)
        if row is None or is_shown:
            raise OperationFailedError(msg, "rejected")
        run.step(msg)  # then there is none, which is what was asked for
    if connector is not None and is_shown:
        await _wait(run, connector.number, ConnectorStatus.AVAILABLE, wanted.timeout_s)
    return {"reservation_id": reservation_id}


def _named(active: list[Reservation], wanted: CancelReservationParameters) -> Reservation | None:
    if wanted.reservation_id is not None:
        return next((row for row in active if row.id == wanted.reservation_id), None)
    here = [row for row in active if row.connector_number == wanted.connector]
    return max(here, key=lambda row: row.id or 0, default=None)  # the newest counts, were there several


async def _check(run: Run, wanted: ReserveParameters, status: str) -> None:
    """Raise ``OperationFailedError`` unless the charger reserved (section 7.40)."""
    if status == "Accepted":
        return
    if status in _REFUSALS:
        raise OperationFailedError(_REFUSALS[status], status.lower())
    if wanted.connector == 0 and await _names_connectors(run):
        msg = _("{identity} only reserves a connector that is named.", identity=run.charger.identity)
        raise OperationFailedError(msg, "not-supported")
    raise OperationFailedError(_("{identity} refuses to reserve.", identity=run.charger.identity), "rejected")


async def _names_connectors(run: Run) -> bool:
    try:
        return (await read_keys(run.send, [ZERO_SUPPORTED])).flag(ZERO_SUPPORTED) is False
    except CommandError:
        return False


async def _wait(run: Run, number: int, status: ConnectorStatus, timeout_s: float) -> None:
    def otherwise() -> Text:
        connector = run.connector(number)
        shown = connector.status.value if connector else ConnectorStatus.UNKNOWN.value
        return _("The charger accepted, but connector {number} still says {status}.", number=number, status=shown)

    def is_it(event: ChargerReported) -> bool:
        return says_status(event, number, status)

    await run.wait_for(ChargerReported, is_it, timeout_s, otherwise)


_REFUSALS: dict[str, Text] = {
    "Occupied": _("The connector is in use, or reserved for somebody else."),
    "Faulted": _("The connector reports a fault."),
    "Unavailable": _("The connector is out of service."),
}

OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("reserve", ReserveParameters, Permission.CONTROL_CHARGING, reserve, lambda w: f"reserve {w.connector}"),
    Operation("cancel_reservation", CancelReservationParameters, Permission.CONTROL_CHARGING, cancel),
)
