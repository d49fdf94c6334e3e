"""Messages on request."""

import pytest

from tests.unit.simulator.central import running_central
from tests.unit.simulator.factories import answer, make_charger


@pytest.mark.parametrize(
    ("message", "action"),
    [
        ("Heartbeat", "Heartbeat"),
        ("StatusNotification", "StatusNotification"),
        ("MeterValues", "MeterValues"),
        ("FirmwareStatusNotification", "FirmwareStatusNotification"),
        ("DiagnosticsStatusNotification", "DiagnosticsStatusNotification"),
    ],
)
async def test_a_triggered_message_is_sent(message: str, action: str) -> None:
    async with running_central() as central, make_charger(central):
        before = len(central.of(action))
        payload = {"requestedMessage": message, "connectorId": 1}
        assert await answer(central, "TriggerMessage", payload) == {"status": "Accepted"}
        await central.until(lambda: len(central.of(action)) == before + 1)
