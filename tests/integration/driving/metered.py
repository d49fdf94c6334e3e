"""A charger that tells sessions minute by minute from one morning on, and what the house bills for them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from onetime.services.billing.intervals import list_intervals
from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger

MORNING = datetime(2026, 10, 5, 6, 0, tzinfo=UTC)


def stamp(minute: float) -> str:
    """Return an instant so many minutes after the morning's start."""
    return (MORNING + timedelta(minutes=minute)).isoformat()


def value(register: int, context: str = "Sample.Periodic") -> dict[str, Any]:
    """Return a register in Wh."""
    return {"value": str(register), "context": context, "unit": "Wh"}


class Metered:
    """One charger with plain words for what it says."""

    def __init__(self, raw: RawCharger) -> None:
        self.raw = raw

    async def status(self, status: str, connector: int = 1) -> None:
        """Say what a connector does."""
        await self.raw.call("StatusNotification", {"connectorId": connector, "status": status, "errorCode": "NoError"})

    async def start(self, minute: float, register: int | None, card: str = "ANNA", connector: int = 1) -> int:
        """Begin a session and return its id."""
        payload = {"connectorId": connector, "idTag": card, "timestamp": stamp(minute)}
        if register is not None:
            payload["meterStart"] = register
        return int((await self.raw.call("StartTransaction", payload))["transactionId"])

    async def read(
        self,
        minute: float,
        register: int | Sequence[dict[str, Any]],
        number: int | None = None,
        connector: int = 1,
        context: str = "Sample.Periodic",
    ) -> None:
        """Tell one reading."""
        values = [value(register, context)] if isinstance(register, int) else list(register)
        payload: dict[str, Any] = {
            "connectorId": connector,
            "meterValue": [{"timestamp": stamp(minute), "sampledValue": values}],
        }
        if number is not None:
            payload["transactionId"] = number
        await self.raw.call("MeterValues", payload)

    async def stop(
        self,
        number: int,
        minute: float,
        register: int | None,
        card: str | None = None,
        data: Sequence[tuple[float, int, str]] = (),
        **more: Any,
    ) -> None:
        """End a session, with readings of (minute, Wh, context)."""
        payload: dict[str, Any] = {"transactionId": number, "timestamp": stamp(minute), **more}
        if register is not None:
            payload["meterStop"] = register
        if card is not None:
            payload["idTag"] = card
        if data:
            payload["transactionData"] = [
                {"timestamp": stamp(at), "sampledValue": [value(wh, context)]} for at, wh, context in data
            ]
        await self.raw.call("StopTransaction", payload)


@asynccontextmanager
async def metered_charger(house: House, identity: str = "KEBA-07") -> AsyncIterator[Metered]:
    """A charger that has booted."""
    async with house.charger(identity) as raw:
        yield Metered(raw)


async def quarters(house: House) -> list[int]:
    """Return what the house bills by quarter-hour, in Wh, all connectors in their order."""
    begin, end = MORNING - timedelta(days=40), MORNING + timedelta(days=40)
    found = await house.services.database.read(lambda s: list_intervals(s, begin, end, 10_000, None))
    return [each.interval.energy_wh for each in found]


async def inbox(house: House) -> list[str]:
    """Return why something waits."""
    return [each.reason for each in await house.services.reviews.open_items()]


def shown_wh(house: House) -> list[int]:
    """Return what the running sessions show."""
    return [each.session.energy_wh for each in house.services.chargers.live.connectors() if each.session]
