"""Chargers and payloads as these tests want them."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from onetime.simulator import EagerClock, SimulatedCharger
from tests.unit.simulator.central import Central

MORNING = datetime(2026, 1, 5, 8, 0, 30, tzinfo=UTC)
CARD = "04A2B3C4"


class Pauses:
    """Wait a thousandth of what is asked for, and remember what was asked."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(seconds / 1000)


def make_charger(central: Central, identity: str = "SIM-1", **options: Any) -> SimulatedCharger:
    """Make a charger whose time stands still but for `charge_for` and the like, from one Monday morning on."""
    defaults: dict[str, Any] = {"clock": EagerClock(MORNING), "pause": Pauses(), "reboot_seconds": 1}
    return SimulatedCharger(central.url, identity, **(defaults | options))


def profile(purpose: str = "TxDefaultProfile", *, limit: float = 10.0, **fields: Any) -> dict[str, Any]:
    """Make a csChargingProfiles object with one period; `fields` replace the profile's own."""
    schedule = fields.pop("schedule", {})
    return {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
            **schedule,
        },
        **fields,
    }


async def answer(central: Central, action: str, payload: dict[str, Any] | None = None) -> Any:
    """Return the payload of a CALLRESULT, or the code of a CALLERROR."""
    return (await central.call("SIM-1", action, payload))[2]
