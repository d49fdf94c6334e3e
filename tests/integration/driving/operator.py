"""What an operator asks over the REST API, and the charger's side of it."""

import asyncio
from typing import Any

import httpx

from tests.integration.driving.raw_charger import RawCharger

KEBA = "/api/v1/chargers/keba-07/operations"
SOME_WATT_HOURS = 15_000


def begun(api: httpx.AsyncClient, name: str, wait: float = 10.0, **parameters: Any) -> asyncio.Task[httpx.Response]:
    """Begin an operation, and leave its end to a task."""
    return asyncio.create_task(api.post(f"{KEBA}/{name}", params={"wait": wait}, json=parameters))


async def expect(charger: RawCharger, action: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Take the next call of the central system, which has to be this one, answer it, and return its payload."""
    call = await charger.command()
    assert call[2] == action, call
    await charger.answer(call, answer)
    payload: dict[str, Any] = call[3]
    return payload


async def refuse(charger: RawCharger, action: str, code: str) -> dict[str, Any]:
    """Answer the next call of the central system, which has to be this one, with a CALLERROR."""
    call = await charger.command()
    assert call[2] == action, call
    await charger.refuse(call, code)
    payload: dict[str, Any] = call[3]
    return payload


async def status(charger: RawCharger, connector: int, value: str) -> None:
    """Report a connector's status."""
    await charger.call("StatusNotification", {"connectorId": connector, "status": value, "errorCode": "NoError"})


async def begin_charging(charger: RawCharger, connector: int = 1, id_tag: str = "CARD", **more: Any) -> int:
    """Begin a session at the charger and return its transaction id."""
    start = {
        "connectorId": connector,
        "idTag": id_tag,
        "meterStart": SOME_WATT_HOURS,
        "timestamp": "2026-10-05T18:00:00Z",
    }
    answer = await charger.call("StartTransaction", start | more)
    await status(charger, connector, "Charging")
    return int(answer["transactionId"])


async def end_charging(charger: RawCharger, transaction_id: int, reason: str = "Remote") -> None:
    """End a session at the charger."""
    stop = {"meterStop": SOME_WATT_HOURS + 500, "timestamp": "2026-10-05T19:00:00Z", "reason": reason}
    await charger.call("StopTransaction", stop | {"transactionId": transaction_id})
