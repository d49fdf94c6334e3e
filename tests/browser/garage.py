"""A charger on a real socket, as the browser tests drive it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.async_api import Page, expect
from websockets.asyncio.client import ClientConnection

from tests.browser.running import RunningHouse
from tests.integration.driving.raw_charger import RawCharger

TOLD_WITHIN_S = 8.0


class ObedientCharger(RawCharger):
    """A charger that notes what it is told, and does all of it unless ``refuses``."""

    def __init__(self, socket: ClientConnection) -> None:
        super().__init__(socket)
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.refuses = False
        self._was_told = asyncio.Event()
        self.settings = {"HeartbeatInterval": "300", "WebSocketPingInterval": "60"}

    async def obey(self) -> None:
        """Answer commands until cancelled."""
        while True:
            command = await self.commands.get()
            await self.answer(command, self._answer_to(command[2], command[3]))
            self.told.append((command[2], command[3]))
            self._was_told.set()

    async def was_told(self, action: str) -> None:
        """Return once the charger has been told this, and has answered."""
        async with asyncio.timeout(TOLD_WITHIN_S):
            while not any(name == action for name, _payload in self.told):
                self._was_told.clear()
                await self._was_told.wait()

    def _answer_to(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        if action == "GetConfiguration":
            return self._tell_settings(payload.get("key") or list(self.settings))
        if action == "ChangeConfiguration" and not self.refuses:
            self.settings[payload["key"]] = payload["value"]
            return {"status": "RebootRequired" if payload["key"] == "WebSocketPingInterval" else "Accepted"}
        return {"status": "Rejected" if self.refuses else "Accepted"}

    def _tell_settings(self, keys: list[str]) -> dict[str, Any]:
        known = [key for key in keys if key in self.settings]
        told = [{"key": key, "readonly": False, "value": self.settings[key]} for key in known]
        return {"configurationKey": told, "unknownKey": [key for key in keys if key not in self.settings]}


@asynccontextmanager
async def charger(house: RunningHouse, identity: str) -> AsyncIterator[ObedientCharger]:
    """A charger that has booted; whether it is accepted is the house's matter."""
    async with ObedientCharger.connected(f"{house.charger_url}/{identity}") as socket:
        await boot(socket)
        obeying = asyncio.create_task(socket.obey())
        try:
            yield socket
        finally:
            obeying.cancel()


async def boot(socket: RawCharger, firmware: str = "1.17") -> None:
    """Say hello, as a charger does after its start."""
    facts = {"chargePointVendor": "Keba", "chargePointModel": "P30", "firmwareVersion": firmware}
    await socket.call("BootNotification", facts)


async def report(socket: RawCharger, status: str, connector: int = 1, **more: str) -> None:
    """Send a StatusNotification."""
    payload = {"connectorId": connector, "status": status, "errorCode": "NoError", "timestamp": now()} | more
    await socket.call("StatusNotification", payload)


async def start(socket: RawCharger, card: str, register_wh: int = 1_000) -> int:
    """Start a session an hour ago, long enough for a car to draw what these tests let it, and return its number."""
    payload = {"connectorId": 1, "idTag": card, "meterStart": register_wh, "timestamp": an_hour_ago()}
    number: int = (await socket.call("StartTransaction", payload))["transactionId"]
    await report(socket, "Charging")
    return number


async def measure(socket: RawCharger, number: int, register_wh: int, power_w: int) -> None:
    """Send MeterValues of a session."""
    sampled = [
        {"value": str(register_wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
        {"value": str(power_w), "measurand": "Power.Active.Import", "unit": "W"},
    ]
    values = [{"timestamp": now(), "sampledValue": sampled}]
    await socket.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": values})


async def stop(socket: RawCharger, number: int, register_wh: int) -> None:
    """End a session."""
    payload = {"transactionId": number, "meterStop": register_wh, "timestamp": now(), "reason": "Remote"}
    await socket.call("StopTransaction", payload)
    await report(socket, "Available")


async def accept(page: Page, identity: str) -> None:
    """Let a waiting charger in from the dashboard."""
    waiting = page.get_by_role("listitem").filter(has_text=identity)
    await waiting.get_by_role("button", name="Accept").click()
    await expect(waiting).to_have_count(0)


def an_hour_ago() -> str:
    """Return the instant an hour ago as chargers write it."""
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat().replace("+00:00", "Z")


def now() -> str:
    """Return the time as chargers write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
