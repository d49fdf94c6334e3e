"""Cards and reservations: the local list, the cache, ReserveNow."""

from functools import partial

from onetime.simulator.commands import fields
from onetime.simulator.commands.commanded import CommandedCharger
from onetime.simulator.station.connector import Reservation
from onetime.simulator.vocabulary import JsonObject, Status
from onetime.simulator.wire.calls import Reply
from onetime.simulator.wire.frames import CallError

_REFUSALS = {Status.FAULTED: "Faulted", Status.UNAVAILABLE: "Unavailable"}


def clear_cache(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Forget the cached cards (OCPP 1.6, 5.4)."""
    cleared = charger.core.station.authorization.clear_cache()
    return Reply({"status": "Accepted" if cleared else "Rejected"})


def get_local_list_version(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Tell the version of the local list, -1 when it is switched off (OCPP 1.6, 5.10)."""
    enabled = charger.core.station.configuration.flag("LocalAuthListEnabled")
    return Reply({"listVersion": charger.core.station.authorization.list_version if enabled else -1})


def send_local_list(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Replace or amend the local list (OCPP 1.6, 5.15)."""
    version = fields.integer(payload, "listVersion")
    kind = fields.one_of(payload, "updateType", ("Full", "Differential"))
    configuration, authorization = charger.core.station.configuration, charger.core.station.authorization
    if not configuration.flag("LocalAuthListEnabled"):
        return Reply({"status": "NotSupported"})
    entries: list[JsonObject] = payload.get("localAuthorizationList") or []
    names = [fields.text(entry, "idTag", longest=20).lower() for entry in entries]
    if kind == "Full" and any(not entry.get("idTagInfo") for entry in entries):
        raise CallError("ProtocolError", "A full list needs idTagInfo for every card.")
    if len(set(names)) < len(names) or version <= 0:
        return Reply({"status": "Failed"})
    if kind == "Differential" and version <= authorization.list_version:
        return Reply({"status": "VersionMismatch"})
    cards = {} if kind == "Full" else dict(authorization.local_list)
    for name, entry in zip(names, entries, strict=True):
        cards.pop(name, None)  # without idTagInfo a card is taken off the list
        if entry.get("idTagInfo"):
            cards[name] = entry["idTagInfo"]
    too_long = len(entries) > configuration.number("SendLocalListMaxLength")
    if too_long or len(cards) > configuration.number("LocalAuthListMaxLength"):
        return Reply({"status": "Failed"})
    authorization.local_list, authorization.list_version = cards, version
    return Reply({"status": "Accepted"})


def reserve_now(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Keep a free connector for a card; the same id replaces its reservation (OCPP 1.6, 5.13)."""
    number, reservation_id = fields.integer(payload, "connectorId"), fields.integer(payload, "reservationId")
    reservation = Reservation(
        reservation_id,
        fields.text(payload, "idTag", longest=20),
        payload.get("parentIdTag"),
        fields.instant(payload, "expiryDate"),
    )
    station = charger.core.station
    if number not in station.connectors or reservation.expires_at <= charger.clock.now():
        return Reply({"status": "Rejected"})  # connector 0 too: ReserveConnectorZeroSupported is false
    connector = station.connectors[number]
    renewed = connector.reservation is not None and connector.reservation.number == reservation_id
    if connector.status is not Status.AVAILABLE and not renewed:
        return Reply({"status": _REFUSALS.get(connector.status, "Occupied")})
    connector.reservation = reservation
    charger.core.metering.stir()
    return Reply({"status": "Accepted"}, lambda: charger.core.reports.status(number))


def cancel_reservation(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Give a reserved connector free again (OCPP 1.6, 5.1)."""
    wanted = fields.integer(payload, "reservationId")
    for connector in charger.core.station.connectors.values():
        if connector.reservation is not None and connector.reservation.number == wanted:
            connector.reservation = None
            return Reply({"status": "Accepted"}, partial(charger.core.reports.status, connector.number))
    return Reply({"status": "Rejected"})
