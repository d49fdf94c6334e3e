"""How long a change on a charger takes to the changed text in a browser.

A charger on a real socket sends StatusNotification; Chromium notes when the tile of its connector says so. Both
clocks are this machine's. ``measure`` is called by the benchmark and by the browser test.
"""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import Page
from websockets.asyncio.client import ClientConnection, connect

SETTLE_S = 0.25  # longer than the feed rests, so that each change is sent by itself
SEEN_WITHIN_S = 5.0

# Notes when a tile changes its state, at the moment the text is in the document.
_OBSERVE = """() => {
  window.seenStates = [];
  new MutationObserver((changes) => {
    for (const change of changes) {
      const tile = change.target;
      window.seenStates.push([performance.timeOrigin + performance.now(), tile.dataset.connector, tile.dataset.state]);
    }
  }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["data-state"] });
}"""


async def measure(page: Page, charger_url: str, samples: int) -> list[float]:
    """Return for each change how many ms passed until the open dashboard showed it.

    The charger behind ``charger_url`` must be accepted, and have one connector that the dashboard shows.
    """
    await page.evaluate(_OBSERVE)
    times: list[float] = []
    states = itertools.cycle((("Preparing", "preparing"), ("Available", "available")))
    async with _charger(charger_url) as socket:
        await _settle(page, socket)
        for (status, shown), _sample in zip(states, range(samples), strict=False):
            await asyncio.sleep(SETTLE_S)
            started = time.time() * 1000
            await _report(socket, status)
            times.append(await _seen_at(page, shown, started) - started)
    return times


def percentile(values: list[float], share: float) -> float:
    """Return the value below which a share of the values lies (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


async def _settle(page: Page, socket: ClientConnection) -> None:
    """Wait until the page shows the charger's connection and its first state."""
    await _report(socket, "Available")
    await page.wait_for_function("document.querySelector('[data-state=available]')")


async def _seen_at(page: Page, state: str, since: float) -> float:
    """Return when the page first showed ``state`` after ``since`` (ms since 1970)."""
    seen = await page.wait_for_function(
        "([state, since]) => window.seenStates.find((s) => s[0] >= since && s[2] === state)",
        arg=[state, since],
        timeout=SEEN_WITHIN_S * 1000,
    )
    at: float = (await seen.json_value())[0]
    return at


@asynccontextmanager
async def _charger(url: str) -> AsyncIterator[ClientConnection]:
    async with connect(url, subprotocols=["ocpp1.6"], ping_interval=None) as socket:  # type: ignore[list-item]  # a str
        await _call(socket, "BootNotification", {"chargePointVendor": "Bench", "chargePointModel": "One"})
        reader = asyncio.create_task(_answer_commands(socket))
        try:
            yield socket
        finally:
            reader.cancel()


async def _report(socket: ClientConnection, status: str) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    payload = {"connectorId": 1, "status": status, "errorCode": "NoError", "timestamp": at}
    await _call(socket, "StatusNotification", payload)


async def _call(socket: ClientConnection, action: str, payload: dict[str, Any]) -> None:
    await socket.send(json.dumps([2, f"{action}-{time.monotonic_ns()}", action, payload]))


async def _answer_commands(socket: ClientConnection) -> None:
    """Say NotImplemented to whatever the central system asks, as a plain charger may."""
    async for frame in socket:
        content = json.loads(frame)
        if content[0] == 2:
            await socket.send(json.dumps([4, content[1], "NotImplemented", "", {}]))
