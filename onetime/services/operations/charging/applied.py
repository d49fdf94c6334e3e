"""What a charger really gives: asked of its composite schedule, or heard in its readings."""

import asyncio
from dataclasses import dataclass
from typing import Any

from onetime.events import ChargerReported
from onetime.services.chargers.commands import CommandError
from onetime.services.charging.restoring import TOLERANCE_A, UNLIMITED, first_limit_a
from onetime.services.ocpp_actions.smart_charging import ChargingRateUnit, GetCompositeSchedule
from onetime.services.ocpp_actions.trigger import MessageTrigger, TriggerMessage
from onetime.services.operations.run import OperationFailedError, Run
from onetime.texts import _

LOOKED_AHEAD_S = 300
LOOKS, LOOK_EVERY_S = 6, 0.5
READING_S = 20.0  # seconds for the readings that were asked for


@dataclass(frozen=True, slots=True)
class Applied:
    """What a connector may draw now, in A per phase or ``UNLIMITED``, and how that is known; None where it is not."""

    amperes: float | None = None
    known_from: str | None = None

    def exceeds(self, limit_a: float) -> bool:
        """Say whether the charger tells of more than a limit in A."""
        return self.amperes is not None and self.amperes > limit_a + TOLERANCE_A

    @property
    def shown(self) -> dict[str, Any]:
        """Return it as JSON. Without amperes, but with a source, the charger tells that nothing limits."""
        return {"applied_a": None if self.amperes == UNLIMITED else self.amperes, "known_from": self.known_from}


async def applied_now(run: Run, connector: int, unit: ChargingRateUnit) -> Applied:
    """Return what holds on a connector, or on the whole charger (0). Never raises ``CommandError``."""
    try:
        request = GetCompositeSchedule(connector_id=connector, duration=LOOKED_AHEAD_S, charging_rate_unit=unit)
        amperes = first_limit_a(await run.send(request))
        if amperes is not None:
            return Applied(amperes, "composite schedule")
        return await _offered(run, connector)
    except (CommandError, OperationFailedError):
        return Applied()


async def applied_soon(run: Run, connector: int, unit: ChargingRateUnit, limit_a: float) -> Applied:
    """Return what holds on a connector once it keeps to a limit in A, or still after some seconds.

    A charger that was given the limit with the start takes it up with the answer to its StartTransaction.
    """
    found = Applied()
    for _again in range(LOOKS):
        found = await applied_now(run, connector, unit)
        if not found.exceeds(limit_a):
            break
        await asyncio.sleep(LOOK_EVERY_S)
    return found


async def _offered(run: Run, connector: int) -> Applied:
    """Ask a charging connector for its readings, and look for Current.Offered in them; most chargers never send it."""
    live = run.connector(connector)
    if live is None or live.session is None:
        return Applied()
    run.forget()
    request = TriggerMessage(requested_message=MessageTrigger.METER_VALUES, connector_id=connector)
    if (await run.send(request)).get("status") != "Accepted":
        return Applied()

    def is_reading(event: ChargerReported) -> bool:
        return event.kind == "MeterValues" and event.message.connector_id == connector

    otherwise = _("{label} has not said how much current it offers.", label=live.label)
    heard = await run.wait_for(ChargerReported, is_reading, READING_S, otherwise)
    offered = _offer(heard.payload)
    return Applied(offered, "Current.Offered" if offered is not None else None)


def _offer(payload: dict[str, Any]) -> float | None:
    """Return the largest phase's Current.Offered in A."""
    samples = [sample for reading in payload.get("meterValue", ()) for sample in reading.get("sampledValue", ())]
    try:
        found = [float(sample["value"]) for sample in samples if sample.get("measurand") == "Current.Offered"]
    except (TypeError, ValueError):
        return None
    return max(found, default=None)
