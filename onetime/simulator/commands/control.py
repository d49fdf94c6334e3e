"""What an operator does from afar: start, stop, reset, unlock, take out of service."""

from functools import partial

from onetime.simulator.commands import fields
from onetime.simulator.commands.charging import read_profile
from onetime.simulator.commands.commanded import CommandedCharger
from onetime.simulator.station.connector import Connector
from onetime.simulator.station.profiles import TRANSACTION_PROFILE, Profile
from onetime.simulator.vocabulary import JsonObject, Reason, Status
from onetime.simulator.wire.calls import Reply

_REJECTED = Reply({"status": "Rejected"})


def remote_start(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Begin a transaction for a card, now or when a car is plugged in (OCPP 1.6, 5.11)."""
    id_tag = fields.text(payload, "idTag", longest=20)
    connector = _place_for(charger, payload.get("connectorId"), id_tag)
    if connector is None:
        return _REJECTED
    profile = None
    if payload.get("chargingProfile") is not None:
        profile = read_profile(connector.number, fields.mapping(payload, "chargingProfile"))
        if profile.purpose != TRANSACTION_PROFILE:
            return _REJECTED
    number = connector.number
    return Reply({"status": "Accepted"}, lambda: _start(charger, number, id_tag, profile))


def remote_stop(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """End the transaction with that id (OCPP 1.6, 5.12)."""
    wanted = fields.integer(payload, "transactionId")
    for connector, transaction in charger.core.station.open_transactions():
        if transaction.number == wanted:
            return Reply({"status": "Accepted"}, partial(charger.stop, connector.number, Reason.REMOTE))
    return _REJECTED


def reset(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Restart; both kinds end the transactions first, with their own reason (OCPP 1.6, 5.14)."""
    kind = fields.one_of(payload, "type", ("Soft", "Hard"))
    reason = Reason.SOFT_RESET if kind == "Soft" else Reason.HARD_RESET
    return Reply({"status": "Accepted"}, lambda: charger.reboot(reason))


def unlock_connector(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Release the plug; a transaction ends with it (OCPP 1.6, 5.18; errata 3.85 for an unknown connector)."""
    number = fields.integer(payload, "connectorId")
    if number not in charger.core.station.connectors:
        return Reply({"status": "NotSupported"})
    return Reply({"status": "Unlocked"}, lambda: charger.stop(number, Reason.UNLOCK_COMMAND))


def change_availability(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Take a connector (0: the whole charger) out of service or back; after a transaction if one runs."""
    number = fields.integer(payload, "connectorId")
    operative = fields.one_of(payload, "type", ("Operative", "Inoperative")) == "Operative"
    station = charger.core.station
    if number != 0 and number not in station.connectors:
        return _REJECTED
    if number == 0:
        station.operative = operative
    affected = list(station.connectors.values()) if number == 0 else [station.connectors[number]]
    scheduled = [_change_service(connector, operative) for connector in affected]
    return Reply({"status": "Scheduled" if any(scheduled) else "Accepted"}, charger.core.reports.all_statuses)


def _change_service(connector: Connector, operative: bool) -> bool:
    """Change one connector and tell whether that has to wait for the end of its transaction."""
    waits = connector.transaction is not None and not operative
    connector.retires = waits
    if not waits:
        connector.operative = operative
    return waits


def _place_for(charger: CommandedCharger, number: object, id_tag: str) -> Connector | None:
    """Find the connector for a remote start: the named one, else the first free one, with a car if possible."""
    free = [
        connector
        for connector in charger.core.station.connectors.values()
        if connector.is_free and number in (None, connector.number) and _is_open_to(connector, id_tag)
    ]
    return min(free, key=lambda connector: connector.car is None, default=None)


def _is_open_to(connector: Connector, id_tag: str) -> bool:
    reservation = connector.reservation
    return connector.status is not Status.RESERVED or (
        reservation is not None and reservation.id_tag.lower() == id_tag.lower()
    )


async def _start(charger: CommandedCharger, number: int, id_tag: str, profile: Profile | None) -> None:
    if charger.core.station.configuration.flag("AuthorizeRemoteTxRequests"):
        begun = await charger.tap(number, id_tag)
    else:
        begun = await charger.sessions.permit(number, id_tag)
    if begun and profile is not None:
        connector = charger.core.station.connector(number)
        charger.core.station.advance(connector, charger.clock.now())
        charger.core.station.profiles.install(profile)
        charger.core.station.advance(connector, charger.clock.now())
        charger.core.metering.stir()
        await charger.core.reports.status(number)
