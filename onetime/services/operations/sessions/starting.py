"""Start: a session for a card, from the request to the charger's StartTransaction."""

from typing import Any

from pydantic import Field

from onetime.events import ChargerReported
from onetime.models import ConnectorStatus
from onetime.services.cards.authorization import id_tag_key
from onetime.services.chargers.commands import CommandError, CommandFailedError
from onetime.services.chargers.live import LiveConnector
from onetime.services.chargers.settings import read_keys
from onetime.services.chargers.vendors import quirks_of
from onetime.services.charging.profiles import drop_start_profile, give_start_profile
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.ocpp_actions.core import RemoteStartTransaction
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run
from onetime.services.operations.charging.session_limit import SessionLimit, limit_session, session_limit
from onetime.services.operations.places import Amperes, CardTag, Connector, Patience, connector_group, named_connector
from onetime.services.operations.sessions.cards import check_card, check_reservation, refused_card
from onetime.services.people.permissions import Permission
from onetime.texts import Text, _

BEGINNING_S = 120.0  # most chargers wait 60 to 120 s for the cable (ConnectionTimeOut, section 9.1)
TRUST = "AuthorizeRemoteTxRequests"  # true: the charger checks cards that are started from here once more


class StartParameters(OperationParameters):
    """Start a session at a connector for a card, and wait until the charger has begun it.

    Where no car is plugged in yet, the charger waits for one as long as its ConnectionTimeOut says.
    """

    connector: Connector
    id_tag: CardTag
    limit_a: Amperes | None = Field(default=None, description="The session's own limit: A per phase.")
    timeout_s: Patience = Field(default=BEGINNING_S, description="Seconds to wait for the session.")


async def start(run: Run, wanted: StartParameters) -> dict[str, Any]:
    """Send RemoteStartTransaction, and wait for the StartTransaction of that connector (errata 3.32)."""
    connector = await named_connector(run, wanted.connector)
    busy = _CHARGING if connector.session is not None else {ConnectorStatus.CHARGING}
    if connector.status in busy:
        raise OperationFailedError(_why_charging(connector), "rejected")
    card = await check_card(run, wanted.id_tag)
    await check_reservation(run, connector, wanted.id_tag, card.parent_id_tag if card else None)
    limit = await session_limit(run, connector.number, wanted.limit_a)
    is_plugged_in = connector.status is ConnectorStatus.PREPARING
    has_limit = await _ask(run, connector, wanted.id_tag, limit)
    run.step(_("{label} will start.", label=connector.label))
    try:
        transaction_id = await _begun(run, connector, wanted, is_plugged_in=is_plugged_in)
    except BaseException:
        await run.database.write(lambda s: drop_start_profile(s, run.charger.id, connector.number))
        raise
    await run.database.write(lambda s: give_start_profile(s, run.charger.id, connector.number, transaction_id))
    result = {"connector": connector.number, "transaction_id": transaction_id}
    return result if limit is None else result | await limit_session(run, connector, limit, is_sent=has_limit)


async def _begun(run: Run, connector: LiveConnector, wanted: StartParameters, *, is_plugged_in: bool) -> int:
    """Wait for the session and return its transaction id. Raises ``OperationFailedError``.

    A charger that shows the connector free again has given up waiting for a car, at its own ConnectionTimeOut.
    """
    waited = is_plugged_in

    def gave_up(event: ChargerReported) -> bool:
        nonlocal waited
        if event.kind != "StatusNotification" or event.message.connector_id != connector.number:
            return False
        shown = run.live.connector(connector.id).status  # the newest, whichever event is looked at
        waited = waited or shown is ConnectorStatus.PREPARING
        return waited and shown is ConnectorStatus.AVAILABLE

    def is_start(event: ChargerReported) -> bool:
        if gave_up(event):
            return True
        if event.kind != "StartTransaction" or event.message.connector_id != connector.number:
            return False
        # One that was queued while the charger was offline may be over already.
        session = run.live.connector(connector.id).session
        return session is not None and session.transaction_id == event.answer["transactionId"]

    begun = await run.wait_for(ChargerReported, is_start, wanted.timeout_s, lambda: _why_not(connector, wanted))
    if begun.kind == "StatusNotification":
        msg = _("{label} has given up waiting: no car was plugged in.", label=connector.label)
        raise OperationFailedError(msg, "timed-out")
    if begun.answer["idTagInfo"]["status"] != "Accepted":
        raise refused_card(wanted.id_tag)
    session = run.live.connector(connector.id).session
    if session is not None and id_tag_key(session.id_tag) != id_tag_key(wanted.id_tag):
        raise OperationFailedError(_("Another card has started {label}.", label=connector.label), "another-card")
    return int(begun.answer["transactionId"])


async def _ask(run: Run, connector: LiveConnector, id_tag: str, limit: SessionLimit | None) -> bool:
    """Ask for the start in each way it may be refused for, and say whether the limit went with it."""
    tag = run.tools.remote_tags.send(run.charger.id, id_tag, only_hex=quirks_of(run.charger).only_hex_tags)
    # Some chargers refuse a start that names no connector (Phoenix CHARX; ConnectorIO #332).
    request = RemoteStartTransaction(
        connector_id=connector.number, id_tag=tag, charging_profile=limit.profile if limit else None
    )
    if await _is_accepted(run, request):
        return True
    if await _trusts_now(run):
        run.step(_("{identity} now trusts cards that start from here.", identity=run.charger.identity))
        if await _is_accepted(run, request):
            return True
    if limit is not None and await _is_accepted(run, request.model_copy(update={"charging_profile": None})):
        run.step(_("The limit follows when the session has begun."))
        return False
    reason = _hindrance(connector)
    if reason is None:
        raise OperationFailedError(_("{label} refuses to start.", label=connector.label), "rejected")
    msg = _("{label} refuses to start. {reason}", label=connector.label, reason=reason)
    raise OperationFailedError(msg, "rejected")


async def _is_accepted(run: Run, request: RemoteStartTransaction) -> bool:
    """Send the request. A CALLERROR may be about the limit that comes with it, and raises only without one."""
    try:
        return (await run.send(request)).get("status") == "Accepted"
    except CommandFailedError:
        if request.charging_profile is None:
            raise
        return False


async def _trusts_now(run: Run) -> bool:
    """Switch off that the charger checks remote cards on its own list, and say whether that changed anything.

    With AuthorizeRemoteTxRequests and an empty list some refuse every remote start (ConnectorIO PR #144, #332).
    """
    try:
        reading = await read_keys(run.send, [TRUST])
        setting = reading.settings.get(TRUST.casefold())
        if setting is None or setting.readonly or not reading.flag(TRUST):
            return False
        changed = await run.send(ChangeConfiguration(key=setting.key, value="false"))
    except CommandError:
        return False
    return changed.get("status") == "Accepted"


def _why_not(connector: LiveConnector, wanted: StartParameters) -> Text:
    reason = _hindrance(connector)
    seconds = round(wanted.timeout_s)
    if reason is None:
        return _("{label} has not started within {seconds} s.", label=connector.label, seconds=seconds)
    return _(
        "{label} has not started within {seconds} s. {reason}", label=connector.label, seconds=seconds, reason=reason
    )


def _why_charging(connector: LiveConnector) -> Text:
    if connector.session is None:
        return _("{label} charges already, but its charger reported no start.", label=connector.label)
    return _("{label} is already charging.", label=connector.label)


def _hindrance(connector: LiveConnector) -> Text | None:
    """Return what the connector's status says about a start that does not happen."""
    return _HINDRANCES.get(connector.status)


# While a session is known, these say that it goes on; one whose end was lost stands in nobody's way. A connector that
# has told nothing yet is believed to charge.
_CHARGING = frozenset(
    {
        ConnectorStatus.CHARGING,
        ConnectorStatus.SUSPENDED_EV,
        ConnectorStatus.SUSPENDED_EVSE,
        ConnectorStatus.UNKNOWN,
    }
)

_HINDRANCES = {
    ConnectorStatus.AVAILABLE: _("No car is plugged in."),
    ConnectorStatus.PREPARING: _("A cable is plugged in, but the charger waits for something."),
    # Autel, Ocular: after a remote stop only unplugging helps (lbbrhzn, supported-devices).
    ConnectorStatus.FINISHING: _("The last session is over, but the car has to be unplugged first."),
    ConnectorStatus.RESERVED: _("It is reserved."),
    ConnectorStatus.UNAVAILABLE: _("It is out of service."),
    ConnectorStatus.FAULTED: _("It reports a fault."),
}

OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("start", StartParameters, Permission.CONTROL_CHARGING, start, connector_group),
)
