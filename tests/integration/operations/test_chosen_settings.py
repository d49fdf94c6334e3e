"""A setting of the house's own that somebody wrote otherwise: told, shown, remembered, and not overwritten."""

import asyncio
from typing import Any

import httpx
import pytest

from onetime.gateway.sockets import greeting
from tests.integration.conftest import House
from tests.integration.driving.operator import begun
from tests.integration.operations.test_settings import entry, known

Settings = dict[str, str]


async def meet(house: House, held: Settings, asking: Any = None) -> tuple[Settings, Any]:
    """Connect a charger that holds these settings, and ask something of it once the house has set it up.

    Returns what was written to it, and what came of what was asked.
    """
    written: Settings = {}
    task, quiet = None, 0
    async with house.charger() as charger:
        while quiet < 3:
            try:
                call = await asyncio.wait_for(charger.commands.get(), 0.3)
            except TimeoutError:
                quiet += 1
                task = task or (asking() if asking else None)
                continue
            if call[2] == "ChangeConfiguration":
                written[call[3]["key"]] = held[call[3]["key"]] = call[3]["value"]
                await charger.answer(call, {"status": "Accepted"})
            elif call[2] == "GetConfiguration":
                wanted = call[3].get("key", list(held))
                await charger.answer(call, known(*(entry(key, held[key]) for key in wanted if key in held)))
            else:
                await charger.answer(call, {"status": "Rejected"})
        return written, (await task).json() if task else None


async def test_a_setting_somebody_chose_is_not_overwritten_by_the_house(
    house: House, api: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SETTLING_S", "QUIET_S", "TELLING_S"):
        monkeypatch.setattr(greeting, name, 0.02)
    held = {"MeterValueSampleInterval": "60", "ClockAlignedDataInterval": "0"}

    def writes(value: str) -> Any:
        return lambda: begun(api, "write_settings", settings={"MeterValueSampleInterval": value})

    written, told = await meet(house, held, writes("10"))
    assert written == {"ClockAlignedDataInterval": "900", "MeterValueSampleInterval": "10"}
    assert any("would set MeterValueSampleInterval to 60" in step["text"] for step in told["steps"])
    written, read = await meet(house, held, lambda: begun(api, "read_settings"))
    assert written == {}
    shown = {each["key"]: each for each in read["result"]["settings"]}
    assert (shown["MeterValueSampleInterval"]["chosen_by"], shown["MeterValueSampleInterval"]["house_value"]) == (
        "api:test-administrator",
        "60",
    )
    assert (await meet(house, held, writes("60")))[0] == {"MeterValueSampleInterval": "60"}
    held["MeterValueSampleInterval"] = "10"  # at the charger itself: nobody here chose it
    assert (await meet(house, held))[0] == {"MeterValueSampleInterval": "60"}
