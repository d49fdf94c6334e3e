"""A charger that holds every answer of the central system against the published JSON schemas."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft4Validator

from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger

BOOT = {"chargePointVendor": "Vendor", "chargePointModel": "Model"}


@cache
def _validator(name: str) -> Draft4Validator:
    schema = json.loads((files("ocpp") / "v16" / "schemas" / f"{name}.json").read_text("utf-8-sig"))
    return Draft4Validator(schema)


class StrictCharger:
    """One charger of the certification's cases, with the reusable states they are made of."""

    def __init__(self, raw: RawCharger) -> None:
        self.raw = raw

    @classmethod
    @asynccontextmanager
    async def booted(cls, house: House, identity: str = "CASE-1") -> AsyncIterator["StrictCharger"]:
        """A charger that has booted and said that its connectors are free."""
        async with house.charger(identity, booted=False) as raw:
            charger = cls(raw)
            await charger.boot()
            yield charger

    async def call(self, action: str, **payload: Any) -> dict[str, Any]:
        """Send a call and return its answer, which must be exactly what the schema says."""
        _validator(action).validate(payload)
        answer = await self.raw.call(action, payload)
        _validator(f"{action}Response").validate(answer)
        return answer

    async def boot(self) -> None:
        """Boot, and report the charger and its connector as free (errata 3.22)."""
        answer = await self.call("BootNotification", **BOOT)
        assert answer["status"] == "Accepted"
        assert answer["interval"] > 0
        for connector in (0, 1):
            await self.status("Available", connector=connector)

    async def status(self, status: str, *, connector: int = 1, error: str = "NoError") -> None:
        """Report a connector."""
        await self.call("StatusNotification", connectorId=connector, status=status, errorCode=error)

    async def authorize(self, id_tag: str) -> str:
        """Show a card and return what the central system thinks of it."""
        return str((await self.call("Authorize", idTag=id_tag))["idTagInfo"]["status"])

    async def start(self, id_tag: str, at: str, meter: int = 1_000, **more: Any) -> dict[str, Any]:
        """Start a transaction at connector 1 and return the whole answer; its id is a real one."""
        answer = await self.call(
            "StartTransaction", connectorId=1, idTag=id_tag, meterStart=meter, timestamp=at, **more
        )
        assert answer["transactionId"] > 0
        return answer

    async def stop(self, transaction_id: int, at: str, reason: str, meter: int = 5_000, **more: Any) -> dict[str, Any]:
        """Stop a transaction and return the answer."""
        return await self.call(
            "StopTransaction", transactionId=transaction_id, meterStop=meter, timestamp=at, reason=reason, **more
        )
