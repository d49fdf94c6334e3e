"""The whole way with a simulated charger: firmware in, diagnostics and logs out, over HTTP and FTP."""

from collections.abc import AsyncIterator

import httpx
import pytest

from onetime.settings import Settings
from onetime.simulator import SimulatedCharger
from tests.integration.conftest import House
from tests.integration.driving.file_door import http_door, stored
from tests.integration.driving.operator import begun


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"ftp_port": 0, "ftp_data_ports": "0"})


@pytest.fixture
async def charger(house: House, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SimulatedCharger]:
    monkeypatch.setattr("onetime.simulator.commands.transfers._STEP", 0.01)
    async with (
        http_door(house),
        SimulatedCharger(house.url, "KEBA-07", firmware="1.0.0", reboot_seconds=0.05) as charger,
    ):
        yield charger


@pytest.mark.parametrize("protocol", ["http", "ftp"])
async def test_a_simulated_charger_is_updated(
    house: House, api: httpx.AsyncClient, charger: SimulatedCharger, protocol: str
) -> None:
    file = await stored(house, b"firmware" * 100_000, "simulated-2.0.0.bin")
    answer = await begun(api, "update_firmware", file_id=file.id, protocol=protocol, wait=20)
    assert (answer.status_code, answer.json()["progress"]) == (200, 100)
    assert answer.json()["result"]["firmware_version"] == "2.0.0"
    assert answer.json()["result"]["firmware_version_before"] == "1.0.0"
    assert charger.life.firmware == "2.0.0"


@pytest.mark.parametrize("protocol", ["http", "ftp", None])
@pytest.mark.parametrize(("name", "more"), [("fetch_diagnostics", {}), ("fetch_log", {"log_type": "SecurityLog"})])
async def test_a_simulated_charger_leaves_a_file_that_can_be_opened(
    house: House,
    api: httpx.AsyncClient,
    charger: SimulatedCharger,
    name: str,
    more: dict[str, str],
    protocol: str | None,
) -> None:
    answer = await begun(api, name, protocol=protocol, wait=20, **more)
    result = answer.json()["result"]
    content = await api.get(f"/api/v1/files/{result['file_id']}/content")
    assert (answer.status_code, result["protocol"], result["content"]) == (200, protocol or "http", "text")
    assert b"KEBA-07" in content.content
    assert charger.core.station.identity == "KEBA-07"
