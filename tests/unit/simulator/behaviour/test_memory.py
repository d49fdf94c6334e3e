"""Going on where a former run ended."""

import base64
import json
from pathlib import Path

import pytest

from onetime.simulator import EagerClock
from tests.unit.simulator.central import Central, running_central
from tests.unit.simulator.factories import CARD, MORNING, make_charger


async def test_a_charger_whose_process_dies_reports_the_session_it_lost(tmp_path: Path) -> None:
    async with running_central() as central:
        dying = make_charger(central, state_dir=tmp_path)
        await dying.connect()
        await dying.boot()
        await dying.plug_in(1)
        await dying.tap(1, CARD)
        await dying.charge_for(1, 1200)
        dying.memory.save()
        register = dying.core.station.connector(1).meter.register_wh
        await dying.core.link.close(politely=False)
        await dying.core.background.close()
        clock = EagerClock(MORNING.replace(hour=12))
        async with make_charger(central, state_dir=tmp_path, clock=clock) as revived:
            stop = central.payloads("StopTransaction")[0]
            assert (stop["transactionId"], stop["reason"], stop["meterStop"]) == (1, "PowerLoss", register)
            assert revived.core.station.connector(1).meter.register_wh == register


async def test_an_undelivered_queue_survives_the_process(tmp_path: Path) -> None:
    async with running_central() as central:
        async with make_charger(central, state_dir=tmp_path) as charger:
            await charger.go_offline()
            await charger.plug_in(1)
            await charger.tap(1, CARD)
            await charger.charge_for(1, 60)
            await charger.unplug(1)
        assert central.of("StartTransaction") == []
        clock = EagerClock(MORNING.replace(hour=12))
        async with make_charger(central, state_dir=tmp_path, clock=clock):
            assert central.payloads("StartTransaction")[0]["timestamp"] == "2026-01-05T08:00:30.000Z"
            assert central.payloads("StopTransaction")[0]["transactionId"] == 1


async def test_settings_cards_and_availability_survive_the_process(tmp_path: Path) -> None:
    async with running_central() as central:
        async with make_charger(central, state_dir=tmp_path):
            setting = {"key": "ConnectionTimeOut", "value": "45"}
            cards = [{"idTag": "A", "idTagInfo": {"status": "Accepted"}}]
            full = {"listVersion": 2, "updateType": "Full", "localAuthorizationList": cards}
            await central.call("SIM-1", "ChangeConfiguration", setting)
            await central.call("SIM-1", "SendLocalList", full)
            await central.call("SIM-1", "ChangeAvailability", {"connectorId": 1, "type": "Inoperative"})
        async with make_charger(central, state_dir=tmp_path) as charger:
            assert charger.core.station.configuration.number("ConnectionTimeOut") == 45
            assert (await central.call("SIM-1", "GetLocalListVersion"))[2] == {"listVersion": 2}
            assert central.statuses()[-1] == "Unavailable"


def test_a_damaged_state_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "SIM-1.json").write_text('{"until": ')
    with pytest.raises(ValueError, match=r"SIM-1\.json is damaged .* remove it to start anew"):
        make_charger(Central(), state_dir=tmp_path)


async def test_a_password_set_by_the_server_survives_the_process(tmp_path: Path) -> None:
    async with running_central() as central:
        key = {"key": "AuthorizationKey", "value": "a password of old"}
        async with make_charger(central, state_dir=tmp_path, password="the first one"):
            await central.call("SIM-1", "ChangeConfiguration", key)
        async with make_charger(central, state_dir=tmp_path, password="the first one"):
            sent = base64.b64decode((central.credentials[-1] or "").removeprefix("Basic "))
            assert sent == b"SIM-1:a password of old"


async def test_the_state_is_plain_json_with_the_exact_register(tmp_path: Path) -> None:
    async with running_central() as central:
        async with make_charger(central, state_dir=tmp_path) as charger:
            await charger.plug_in(1)
            await charger.tap(1, CARD)
            await charger.charge_for(1, 100)
            exact = charger.core.station.connector(1).meter.exact_wh
        state = json.loads((tmp_path / "SIM-1.json").read_text())
        assert state["registers"] == {"1": exact}
