"""Start: a session for a card, from the request to the charger's StartTransaction."""

from typing import Annotated, Any

from pydantic import Field

from onetime.events import ChargerReported
from onetime.models import ConnectorStatus
from onetime.services.authorization import id_tag_key
from onetime.services.charger_settings import read_keys
from onetime.services.commands import CommandError
from onetime.services.live import LiveConnector
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.ocpp_actions.core import RemoteStartTransaction
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run
from onetime.services.operations.cards import check_card, refused_card
from onetime.services.operations.places import Connector, Patience, connector_group, named_connector
from onetime.services.permissions import Permission
from onetime.services.vendors import quirks_of
from onetime.texts import Text, _

BEGINNING_S = 120.0  # most chargers wait 60 to 120 s for the cable (ConnectionTimeOut, section 9.1)
TRUST = "AuthorizeRemoteTxRequests"  # true: the charger checks cards that are started from here once more


class StartParameters(OperationParameters):
    """Start a session at a connector for a card, and wait until the charger has begun it.

    Where no car is plugged in yet, the charger waits for one as long as its ConnectionTimeOut says.
    """

    connector: Connector
    id_tag: Annotated[str, Field(min_length=1, max_length=20, description="The card.")]
    timeout_s: Patience = Field(default=BEGINNING_S, description="Seconds to wait for the session.")


async def start(run: Run, wanted: StartParameters) -> dict[str, Any]:
    """Send RemoteStartTransaction, and wait for the StartTransaction of that connector (errata 3.32)."""
    connector = await named_connector(run, wanted.connector)
    if connector.session is not None:
        raise OperationFailedError(_("{label} is already charging.", label=connector.label), "rejected")
    await check_card(run, wanted.id_tag)
    await _ask(run, connector, wanted)
    run.step(_("{label} will start.", label=connector.label))

    def is_start(event: ChargerReported) -> bool:
        if event.kind != "StartTransaction" or event.message.connector_id != connector.number:
            return False
        # One that was queued while the charger was offline may be over already.
        session = run.live.connector(connector.id).session
        return session is not None and session.transaction_id == event.answer["transactionId"]

    begun = await run.wait_for(ChargerReported, is_start, wanted.timeout_s, lambda: _why_not(connector, wanted))
    if begun.answer["idTagInfo"]["status"] != "Accepted":
        raise refused_card(wanted.id_tag)
    session = run.live.connector(connector.id).session
    if session is not None and id_tag_key(session.id_tag) != id_tag_key(wanted.id_tag):
        raise OperationFailedError(_("Another card has started {label}.", label=connector.label), "another-card")
    return {"connector": connector.number, "transaction_id": begun.answer["transactionId"]}


async def _ask(run: Run, connector: LiveConnector, wanted: StartParameters) -> None:
    """Ask for the start, and once more where the charger only lacks trust in the house's cards."""
    tag = run.services.remote_tags.send(run.charger.id, wanted.id_tag, only_hex=quirks_of(run.charger).only_hex_tags)
    # Some chargers refuse a start that names no connector (Phoenix CHARX; ConnectorIO #332).
    request = RemoteStartTransaction(connector_id=connector.number, id_tag=tag)
    answer = await run.send(request)
    if answer.get("status") != "Accepted" and await _trusts_now(run):
        run.step(_("{identity} now trusts cards that start from here.", identity=run.charger.identity))
        answer = await run.send(request)
    if answer.get("status") != "Accepted":
        reason = _hindrance(connector)
        msg = (
            _("{label} refuses to start. {reason}", label=connector.label, reason=reason)
            if reason
            else _("{label} refuses to start.", label=connector.label)
        )
        raise OperationFailedError(msg, "rejected")


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


def _hindrance(connector: LiveConnector) -> Text | None:
    """Return what the connector's status says about a start that does not happen."""
    return _HINDRANCES.get(connector.status)


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
