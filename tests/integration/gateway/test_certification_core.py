"""The certification's core cases in which the charge point leads, by their numbers."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlmodel import Session, select
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from onetime.models import CardStatus, Role, Transaction, TransactionState
from onetime.services.cards.holders import CardFacts, save_card
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import client
from tests.integration.driving.strict_charger import StrictCharger

T0, T1, T2 = "2026-11-23T08:00:00Z", "2026-11-23T08:10:00Z", "2026-11-23T08:20:00Z"


@pytest.fixture
async def strict_house(settings: Settings) -> AsyncIterator[House]:
    """A house that knows three cards and refuses all others."""
    async with open_house(settings.model_copy(update={"accept_unknown_cards": False})) as house:
        await house.services.database.write(_add_cards)
        yield house


def _add_cards(session: Session) -> None:
    for tag in ("VALID", "SECOND"):
        save_card(session, CardFacts(tag, group="FAMILY"), "test")
    save_card(session, CardFacts("BLOCKED", CardStatus.BLOCKED), "test")


async def stored(house: House, transaction_id: int) -> Transaction:
    return await house.services.database.read(
        lambda s: s.exec(select(Transaction).where(Transaction.id == transaction_id)).one()
    )


async def test_001_cold_boot(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        await charger.call("Heartbeat")


async def test_003_a_session_plug_in_first(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        await charger.status("Preparing")
        assert await charger.authorize("VALID") == "Accepted"
        start = await charger.start("VALID", T0)
        await charger.status("Charging")
        sample = {"timestamp": T1, "sampledValue": [{"value": "3000"}]}
        await charger.call("MeterValues", connectorId=1, transactionId=start["transactionId"], meterValue=[sample])
        answer = await charger.stop(start["transactionId"], T2, "Local", idTag="VALID")
        await charger.status("Finishing")
        await charger.status("Available")
    assert start["idTagInfo"]["status"] == answer["idTagInfo"]["status"] == "Accepted"
    row = await stored(strict_house, start["transactionId"])
    assert (row.id_tag, row.state, row.meter_stop_wh) == ("VALID", TransactionState.ENDED, 5_000)


async def test_004_1_a_session_identification_first(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        assert await charger.authorize("VALID") == "Accepted"
        await charger.status("Preparing")
        start = await charger.start("VALID", T0)
        await charger.status("Charging")
        await charger.stop(start["transactionId"], T1, "Local")
    assert start["idTagInfo"]["status"] == "Accepted"


async def test_004_2_identified_but_never_plugged_in(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        await charger.authorize("VALID")
        await charger.status("Preparing")
        await charger.status("Available")
    assert not await strict_house.services.database.read(lambda s: s.exec(select(Transaction)).all())


async def test_005_1_the_car_is_unplugged(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        start = await charger.start("VALID", T0)
        await charger.status("Charging")
        await charger.status("SuspendedEV")
        await charger.stop(start["transactionId"], T1, "EVDisconnected")
        await charger.status("Finishing")
        await charger.status("Available")
    assert (await stored(strict_house, start["transactionId"])).stop_reason == "EVDisconnected"


async def test_007_a_cached_card_starts_without_being_asked_about(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        assert (await charger.start("VALID", T0))["idTagInfo"]["status"] == "Accepted"


@pytest.mark.parametrize(("tag", "status"), [("STRANGE", "Invalid"), ("BLOCKED", "Blocked")])
async def test_023_a_refused_card_is_told_why(strict_house: House, tag: str, status: str) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        assert await charger.authorize(tag) == status


async def test_024_a_connector_that_cannot_lock(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        await charger.authorize("VALID")
        await charger.status("Faulted", error="ConnectorLockFailure")
    [connector] = [c for c in strict_house.services.chargers.live.connectors() if c.number == 1]
    assert (connector.status.value, connector.error_code) == ("Faulted", "ConnectorLockFailure")


async def test_032_1_a_power_failure_ends_the_session_after_the_next_boot(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        start = await charger.start("VALID", T0)
    async with StrictCharger.booted(strict_house) as charger:
        await charger.stop(start["transactionId"], T1, "PowerLoss")
    row = await stored(strict_house, start["transactionId"])
    assert (row.state, row.stop_reason, row.stop_estimated) == (TransactionState.ENDED, "PowerLoss", False)


async def test_037_1_an_offline_start_with_a_valid_card(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        assert (await charger.start("VALID", T0))["idTagInfo"]["status"] == "Accepted"


async def test_037_3_an_offline_start_with_a_strange_card_gets_a_real_id_and_ends(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        start = await charger.start("STRANGE", T0)
        await charger.stop(start["transactionId"], T1, "DeAuthorized")
    assert start["idTagInfo"]["status"] == "Invalid"
    assert (await stored(strict_house, start["transactionId"])).meter_stop_wh == 5_000


async def test_039_a_whole_session_that_happened_offline(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        start = await charger.start("VALID", "2026-11-20T22:50:00Z")
        sample = {"timestamp": "2026-11-20T23:00:00Z", "sampledValue": [{"value": "2000", "context": "Sample.Clock"}]}
        await charger.stop(start["transactionId"], "2026-11-20T23:10:00Z", "Local", transactionData=[sample])
    row = await stored(strict_house, start["transactionId"])
    assert (row.started_at.day, row.state) == (20, TransactionState.ENDED)


async def test_053_a_card_of_the_group_is_told_with_its_group(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        infos = [(await charger.call("Authorize", idTag=tag))["idTagInfo"] for tag in ("VALID", "SECOND")]
    assert [info["parentIdTag"] for info in infos] == ["FAMILY", "FAMILY"]


async def test_061_the_cache_is_cleared(strict_house: House) -> None:
    async with await client(strict_house, Role.ADMINISTRATOR) as api, StrictCharger.booted(strict_house) as charger:
        sending = asyncio.create_task(api.post("/api/v1/chargers/CASE-1/commands/ClearCache"))
        command = await charger.raw.command()
        assert command[2:] == ["ClearCache", {}]
        await charger.raw.answer(command, {"status": "Accepted"})
        assert (await sending).json() == {"status": "Accepted"}


async def test_064_a_vendors_own_message_is_answered_that_nobody_knows_it(strict_house: House) -> None:
    async with StrictCharger.booted(strict_house) as charger:
        answer = await charger.call("DataTransfer", vendorId="ch.example", messageId="Hello", data="?")
    assert answer["status"] == "UnknownVendorId"


async def test_088_the_protocol_is_chosen_among_those_offered(strict_house: House) -> None:
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{strict_house.url}/CASE-1", subprotocols=[Subprotocol("ocpp0.1")])
    assert refused.value.response.status_code == 400
    both = [Subprotocol("ocpp0.1"), Subprotocol("ocpp1.6")]
    async with connect(f"{strict_house.url}/CASE-1", subprotocols=both) as socket:
        assert socket.subprotocol == "ocpp1.6"
