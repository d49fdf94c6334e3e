"""Every operation on a simulated charger, end to end: nothing is scripted here, the charger decides."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from onetime.models import Card, CardStatus
from onetime.services.cards.authorization import id_tag_key
from onetime.simulator.charger import SimulatedCharger
from tests.integration.conftest import House
from tests.integration.driving.operator import KEBA


@pytest.fixture
async def charger(house: House) -> AsyncIterator[SimulatedCharger]:
    """A charger with two connectors, on which a car stands at the first."""
    async with SimulatedCharger(house.url, "KEBA-07", connectors=2, reboot_seconds=0.1) as connected:
        await connected.plug_in(1)
        yield connected


async def result(api: httpx.AsyncClient, name: str, **parameters: Any) -> dict[str, Any]:
    answer = await api.post(f"{KEBA}/{name}", json=parameters, params={"wait": 20})
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()["result"]
    return found


async def problem(api: httpx.AsyncClient, name: str, **parameters: Any) -> str:
    answer = await api.post(f"{KEBA}/{name}", json=parameters, params={"wait": 20})
    assert answer.status_code >= 400, answer.json()
    return str(answer.json()["detail"])


async def test_a_session_from_start_to_stop(charger: SimulatedCharger, api: httpx.AsyncClient) -> None:
    begun = await result(api, "start", connector=1, id_tag="CARD", limit_a=10)
    assert begun["applied_a"] == 10
    assert charger.core.station.connector(1).supply.amperes == 10
    ended = await result(api, "stop", connector=1)
    assert ended["transaction_id"] == begun["transaction_id"]
    assert charger.core.station.connector(1).transaction is None


async def test_an_unlocked_session_ends(charger: SimulatedCharger, api: httpx.AsyncClient) -> None:
    begun = await result(api, "start", connector=1, id_tag="CARD")
    assert (await result(api, "unlock", connector=1))["transaction_id"] == begun["transaction_id"]


async def test_a_start_without_a_car_says_so(charger: SimulatedCharger, api: httpx.AsyncClient) -> None:
    said = await problem(api, "start", connector=2, id_tag="CARD", timeout_s=0.3)
    assert said.startswith("KEBA-07 · 2 has not started within 0 s.")


async def test_a_reset_brings_the_charger_back(charger: SimulatedCharger, api: httpx.AsyncClient) -> None:
    assert await result(api, "reset", type="hard") == {"firmware_version": "1.0.0"}


async def test_a_connector_and_the_whole_charger_go_out_of_service_and_back(
    charger: SimulatedCharger, api: httpx.AsyncClient
) -> None:
    for connector in (2, 0):
        for available in (False, True):
            await result(api, "change_availability", connector=connector, available=available)
            assert charger.core.station.connector(2).operative is available


async def test_a_running_session_keeps_its_service(charger: SimulatedCharger, api: httpx.AsyncClient) -> None:
    await result(api, "start", connector=1, id_tag="CARD")
    waiting = await api.post(
        f"{KEBA}/change_availability", json={"connector": 1, "available": False}, params={"wait": 0.2}
    )
    assert waiting.status_code == 202
    await result(api, "stop", connector=1)
    ended = waiting.headers["location"]
    while (await api.get(ended)).json()["state"] == "running":
        pass
    assert (await api.get(ended)).json()["result"]["was_scheduled"] is True


async def test_a_reservation_holds_and_is_given_up(charger: SimulatedCharger, api: httpx.AsyncClient) -> None:
    held = await result(api, "reserve", connector=2, id_tag="CARD", duration_s=600)
    assert not await charger.tap(2, "OTHER")
    assert "in use" in await problem(api, "reserve", connector=2, id_tag="OTHER", duration_s=600)
    await result(api, "cancel_reservation", connector=2)
    await result(api, "reserve", connector=2, id_tag="CARD", duration_s=600)
    assert held["reservation_id"] == 1
    assert "named" in await problem(api, "reserve", id_tag="CARD", duration_s=600)


async def test_a_reserved_connector_is_used_by_its_card(charger: SimulatedCharger, api: httpx.AsyncClient) -> None:
    await result(api, "reserve", connector=2, id_tag="CARD", duration_s=600)
    await charger.plug_in(2)
    await charger.tap(2, "CARD")
    assert (await api.get("/api/v1/chargers/KEBA-07/reservations")).json()["items"] == []


async def test_the_charger_has_the_cards_of_the_house(
    house: House, charger: SimulatedCharger, api: httpx.AsyncClient
) -> None:
    cards = [Card(id_tag=f"C{n}", id_tag_key=id_tag_key(f"C{n}"), status=CardStatus.ACCEPTED) for n in range(230)]
    await house.services.database.write(lambda s: s.add_all(cards))
    assert await result(api, "push_authorization_list") == {"version": 3, "cards": 230, "sent": "full", "messages": 3}
    extra = Card(id_tag="EXTRA", id_tag_key="EXTRA", status=CardStatus.ACCEPTED)
    await house.services.database.write(lambda s: s.add(extra))
    pushed = await result(api, "push_authorization_list")
    assert (pushed["sent"], pushed["version"], len(charger.core.station.authorization.local_list)) == (
        "changes",
        4,
        231,
    )


async def test_a_limit_holds_until_it_is_cleared(charger: SimulatedCharger, api: httpx.AsyncClient) -> None:
    await charger.tap(1, "CARD")
    assert (await result(api, "set_current_limit", connector=1, limit_a=8.5))["applied_a"] == 8.5
    assert charger.core.station.connector(1).supply.amperes == 8.5
    told = await result(api, "composite_schedule", connector=1, duration_s=3600)
    assert (told["keeps_to_it"], told["periods"][0]["limit"]) == (True, 8.5)
    assert (await result(api, "clear_current_limit", connector=1))["applied_a"] == 32


async def test_the_whole_charger_is_limited(charger: SimulatedCharger, api: httpx.AsyncClient) -> None:
    await charger.tap(1, "CARD")
    assert (await result(api, "set_current_limit", limit_a=12, duration_s=600))["purpose"] == "ChargePointMaxProfile"
    assert charger.core.station.connector(1).supply.amperes == 12


async def test_settings_are_read_and_written(charger: SimulatedCharger, api: httpx.AsyncClient) -> None:
    settings = {each["key"]: each["value"] for each in (await result(api, "read_settings"))["settings"]}
    assert settings["NumberOfConnectors"] == "2"
    written = await result(api, "write_settings", settings={"heartbeatinterval": 120, "WebSocketPingInterval": 30})
    assert [each["outcome"] for each in written["settings"]] == ["written", "reboot-needed"]
    assert "can only be read" in await problem(api, "write_settings", settings={"NumberOfConnectors": 3})


@pytest.mark.parametrize("message", ["Heartbeat", "MeterValues", "StatusNotification", "FirmwareStatusNotification"])
async def test_messages_are_asked_for(charger: SimulatedCharger, api: httpx.AsyncClient, message: str) -> None:
    assert (await result(api, "trigger", message=message))["kind"] == message
