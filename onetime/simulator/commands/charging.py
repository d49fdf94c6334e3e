"""Smart charging: set, clear and ask for charging profiles (OCPP 1.6, 3.13 and 5.16)."""

from datetime import datetime, timedelta

from onetime.simulator.commands import fields
from onetime.simulator.commands.commanded import CommandedCharger
from onetime.simulator.station.car import MAINS_VOLTAGE
from onetime.simulator.station.connector import Connector
from onetime.simulator.station.profiles import DEFAULT_PROFILE, MAX_PROFILE, TRANSACTION_PROFILE, Profile
from onetime.simulator.vocabulary import JsonObject, format_time
from onetime.simulator.wire.calls import Reply
from onetime.simulator.wire.frames import CallError

_LONGEST_SCHEDULE = 7 * 86_400  # seconds


def set_charging_profile(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Install a profile; the power follows at once."""
    number = fields.integer(payload, "connectorId")
    profile = read_profile(number, fields.mapping(payload, "csChargingProfiles"))
    if not _fits_here(charger, profile):
        return Reply({"status": "Rejected"})
    _before_change(charger)
    charger.core.station.profiles.install(profile)
    return Reply({"status": "Accepted"}, lambda: _follow(charger))


def clear_charging_profile(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Remove the profiles that fit every field given, all if none is."""
    _before_change(charger)
    cleared = charger.core.station.profiles.clear(payload)
    return Reply({"status": "Accepted" if cleared else "Unknown"}, lambda: _follow(charger))


def get_composite_schedule(charger: CommandedCharger, payload: JsonObject) -> Reply:
    """Work out what all profiles together allow from now on, on one connector (0: the whole charger)."""
    number, duration = fields.integer(payload, "connectorId"), fields.integer(payload, "duration")
    station = charger.core.station
    if (number != 0 and number not in station.connectors) or duration <= 0:
        return Reply({"status": "Rejected"})
    duration = min(duration, _LONGEST_SCHEDULE)
    unit = fields.one_of(payload, "chargingRateUnit", ("A", "W")) if "chargingRateUnit" in payload else "A"
    connector = station.connectors.get(number, Connector(0))
    start = charger.clock.now()
    return Reply(
        {
            "status": "Accepted",
            "connectorId": number,
            "scheduleStart": format_time(start),
            "chargingSchedule": {
                "duration": duration,
                "startSchedule": format_time(start),
                "chargingRateUnit": unit,
                "chargingSchedulePeriod": _composite(charger, connector, start, duration, unit),
            },
        }
    )


def read_profile(connector_id: int, source: JsonObject) -> Profile:
    """Read a charging profile.

    Raises:
        CallError: it is malformed.
    """
    try:
        return Profile.read(connector_id, source)
    except (KeyError, TypeError, ValueError) as error:
        raise CallError("PropertyConstraintViolation", f"The charging profile is malformed: {error}.") from error


def _fits_here(charger: CommandedCharger, profile: Profile) -> bool:
    """Check connector, purpose, stack level and size (OCPP 1.6, 5.16; errata 3.25)."""
    station, configuration = charger.core.station, charger.core.station.configuration
    number = profile.connector_id
    if number != 0 and number not in station.connectors:
        return False
    if not 0 <= profile.stack_level <= configuration.number("ChargeProfileMaxStackLevel"):
        return False
    if not 0 < len(profile.periods) <= configuration.number("ChargingScheduleMaxPeriods"):
        return False
    if profile.purpose == MAX_PROFILE:
        return number == 0
    if profile.purpose == DEFAULT_PROFILE:
        return True
    transaction = station.connectors[number].transaction if number else None
    wanted = profile.source.get("transactionId")
    return profile.purpose == TRANSACTION_PROFILE and transaction is not None and wanted in (None, transaction.number)


def _before_change(charger: CommandedCharger) -> None:
    """Count the energy up to now with the limits that held until now."""
    for connector in charger.core.station.connectors.values():
        charger.core.station.advance(connector, charger.clock.now())


async def _follow(charger: CommandedCharger) -> None:
    _before_change(charger)  # the same step again now adjusts the power to the new limits
    charger.core.metering.stir()
    for number, connector in charger.core.station.connectors.items():
        if connector.transaction is not None:
            charger.core.station.say(f"connector {number} now gives {connector.power_w / 1000:.1f} kW")
        await charger.core.reports.status(number)


def _composite(
    charger: CommandedCharger, connector: Connector, start: datetime, duration: int, unit: str
) -> list[JsonObject]:
    """Return the periods of constant limit from `start` on, neighbours of the same limit joined."""
    station = charger.core.station
    since = connector.transaction.started_at if connector.transaction else start
    end = start + timedelta(seconds=duration) - timedelta(microseconds=1)
    instants = [start, *station.profiles.changes(connector.number, start, end, since)]
    periods: list[JsonObject] = []
    for instant in instants:
        limit = station.profiles.limit(connector.number, instant, since)
        amperes = min(station.max_current_a, limit.amperes) if limit else station.max_current_a
        phases = limit.phases if limit else 3
        value = round(amperes if unit == "A" else amperes * MAINS_VOLTAGE * phases, 1)
        if not periods or (periods[-1]["limit"], periods[-1]["numberPhases"]) != (value, phases):
            offset = int((instant - start).total_seconds())
            periods.append({"startPeriod": offset, "limit": value, "numberPhases": phases})
    return periods
