"""Start, stop and unlock from afar, until the session has really begun or ended."""

import httpx
import pytest

from onetime.models import Card, CardStatus, Role, Transaction
from onetime.services.cards.authorization import id_tag_key
from onetime.settings import Settings
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import client
from tests.integration.driving.operator import begin_charging, begun, end_charging, expect, status

TRUSTS_NOBODY = {"configurationKey": [{"key": "authorizeRemoteTxRequests", "readonly": False, "value": "TRUE"}]}


async def test_a_start_is_done_when_the_session_has_begun(house: House, api: httpx.AsyncClient) -> None:
    """Case 010; B9: the connector is always named."""
    async with house.charger() as charger:
        await status(charger, 1, "Preparing")
        asking = begun(api, "start", connector=1, id_tag="CARD")
        assert await expect(charger, "RemoteStartTransaction", {"status": "Accepted"}) == {
            "connectorId": 1,
            "idTag": "CARD",
        }
        transaction_id = await begin_charging(charger)
        answer = await asking
    assert answer.json()["result"] == {"connector": 1, "transaction_id": transaction_id}
    assert [step["text"] for step in answer.json()["steps"]] == ["KEBA-07 will start."]


async def test_a_start_before_the_cable_is_plugged_in_waits_for_it(house: House, api: httpx.AsyncClient) -> None:
    """Case 011_1."""
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "start", connector=1, id_tag="CARD")
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        await status(charger, 1, "Preparing")
        await begin_charging(charger)
        assert (await asking).status_code == 200


async def test_a_start_ends_when_the_charger_gives_up_waiting_for_a_car(house: House, api: httpx.AsyncClient) -> None:
    """Case 011_2: at its own ConnectionTimeOut it says Available, long before our patience ends."""
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "start", connector=1, id_tag="CARD")
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        await status(charger, 1, "Available")  # said again; it waits all the same
        await status(charger, 1, "Preparing")
        await status(charger, 1, "Available")
        answer = await asking
    assert answer.json()["detail"] == "KEBA-07 has given up waiting: no car was plugged in."


@pytest.mark.parametrize(
    ("shown", "reason"),
    [
        ("Available", "No car is plugged in."),
        ("Finishing", "The last session is over, but the car has to be unplugged first."),
        ("Faulted", "It reports a fault."),
    ],
)
async def test_a_start_that_nothing_follows_says_what_hinders_it(
    house: House, api: httpx.AsyncClient, shown: str, reason: str
) -> None:
    """Case 011_2; B11."""
    async with house.charger() as charger:
        await status(charger, 1, shown)
        asking = begun(api, "start", connector=1, id_tag="CARD", timeout_s=0.2)
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (504, "timed-out")
    assert answer.json()["detail"] == f"KEBA-07 has not started within 0 s. {reason}"


async def test_a_refused_start_says_what_hinders_it(house: House, api: httpx.AsyncClient) -> None:
    """Case 026; B11: after a remote stop some stay Finishing and start only after the car was unplugged."""
    async with house.charger() as charger:
        await status(charger, 1, "Finishing")
        asking = begun(api, "start", connector=1, id_tag="CARD")
        await expect(charger, "RemoteStartTransaction", {"status": "Rejected"})
        await expect(charger, "GetConfiguration", {"unknownKey": ["AuthorizeRemoteTxRequests"]})
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (409, "rejected")
    assert answer.json()["detail"].endswith("the car has to be unplugged first.")


async def test_a_charger_that_trusts_only_its_own_list_is_told_to_trust_the_house(
    house: House, api: httpx.AsyncClient
) -> None:
    """B9: with AuthorizeRemoteTxRequests and an empty list every remote start is refused."""
    async with house.charger() as charger:
        await status(charger, 1, "Preparing")
        asking = begun(api, "start", connector=1, id_tag="CARD")
        await expect(charger, "RemoteStartTransaction", {"status": "Rejected"})
        await expect(charger, "GetConfiguration", TRUSTS_NOBODY)
        changed = await expect(charger, "ChangeConfiguration", {"status": "Accepted"})
        assert changed == {"key": "authorizeRemoteTxRequests", "value": "false"}
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        await begin_charging(charger)
        assert (await asking).status_code == 200


async def test_a_tag_that_comes_back_filled_up_is_still_the_card(house: House, api: httpx.AsyncClient) -> None:
    """B10: Sigenergy adds a dash, BS-EV22 fills up to 20 characters."""
    async with house.charger() as charger:
        asking = begun(api, "start", connector=1, id_tag="04A1B2C3")
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        transaction_id = await begin_charging(charger, id_tag="04a1b2c3000000000000-")
        assert (await asking).json()["result"]["transaction_id"] == transaction_id
        row = await house.services.database.read(lambda s: s.get_one(Transaction, transaction_id))
        assert row.id_tag == "04A1B2C3"


async def test_a_charger_that_reads_only_hexadecimal_gets_such_a_tag(house: House, api: httpx.AsyncClient) -> None:
    """B10: Alfen."""
    async with house.charger(booted=False) as charger:
        await charger.call("BootNotification", {"chargePointVendor": "Alfen BV", "chargePointModel": "NG910"})
        await status(charger, 1, "Preparing")
        asking = begun(api, "start", connector=1, id_tag="Card of Ms Meier")
        sent = (await expect(charger, "RemoteStartTransaction", {"status": "Accepted"}))["idTag"]
        assert len(sent) == 16
        assert int(sent, 16)
        transaction_id = await begin_charging(charger, id_tag=sent)
        assert (await asking).status_code == 200
        row = await house.services.database.read(lambda s: s.get_one(Transaction, transaction_id))
        assert row.id_tag == "Card of Ms Meier"


async def test_another_card_in_the_meantime_is_no_success(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Preparing")
        asking = begun(api, "start", connector=1, id_tag="CARD")
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        await begin_charging(charger, id_tag="OTHER")
        assert (await asking).json()["code"] == "another-card"


async def test_a_blocked_card_is_not_even_tried(house: House, api: httpx.AsyncClient) -> None:
    card = Card(id_tag="CARD", id_tag_key=id_tag_key("CARD"), status=CardStatus.BLOCKED)
    await house.services.database.write(lambda s: s.add(card))
    async with house.charger() as charger:
        await status(charger, 1, "Preparing")
        answer = await begun(api, "start", connector=1, id_tag="card")
        assert charger.commands.empty()
    assert (answer.status_code, answer.json()["code"]) == (409, "card-refused")


async def test_an_unknown_card_is_tried_only_where_unknown_cards_may_charge(settings: Settings) -> None:
    strict = settings.model_copy(update={"accept_unknown_cards": False})
    async with open_house(strict) as house, await client(house, Role.ADMINISTRATOR) as api, house.charger() as charger:
        await status(charger, 1, "Preparing")
        answer = await begun(api, "start", connector=1, id_tag="NOBODY")
        assert charger.commands.empty()
    assert answer.json()["code"] == "card-refused"


async def test_a_connector_that_charges_is_not_started_again(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await begin_charging(charger)
        answer = await begun(api, "start", connector=1, id_tag="CARD")
        assert charger.commands.empty()
    assert answer.json()["detail"] == "KEBA-07 is already charging."


async def test_a_session_whose_end_was_lost_stands_in_no_starts_way(house: House, api: httpx.AsyncClient) -> None:
    """The charger gave up waiting for an answer, and another car is plugged in."""
    async with house.charger() as charger:
        lost = await begin_charging(charger)
        await status(charger, 1, "Available")
        await status(charger, 1, "Preparing")
        asking = begun(api, "start", connector=1, id_tag="CARD")
        await expect(charger, "RemoteStartTransaction", {"status": "Accepted"})
        started = {"connectorId": 1, "idTag": "CARD", "meterStart": 9_000, "timestamp": "2026-11-25T12:00:00Z"}
        answered = await charger.call("StartTransaction", started)
        assert (await asking).json()["result"]["transaction_id"] == answered["transactionId"] != lost


async def test_a_connector_that_charges_without_a_session_is_not_started(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Charging")
        answer = await begun(api, "start", connector=1, id_tag="CARD")
        assert charger.commands.empty()
    assert answer.json()["detail"] == "KEBA-07 charges already, but its charger reported no start."


async def test_a_connector_the_charger_never_named_is_unknown(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        answer = await begun(api, "start", connector=7, id_tag="CARD")
    assert answer.json()["code"] == "unknown-connector"


@pytest.mark.parametrize("by", ["connector", "transaction_id"])
async def test_a_stop_is_done_when_the_session_has_ended(house: House, api: httpx.AsyncClient, by: str) -> None:
    """Case 012."""
    async with house.charger() as charger:
        transaction_id = await begin_charging(charger)
        named = {"connector": 1, "transaction_id": transaction_id}
        asking = begun(api, "stop", **{by: named[by]})
        assert await expect(charger, "RemoteStopTransaction", {"status": "Accepted"}) == {
            "transactionId": transaction_id
        }
        await end_charging(charger, transaction_id)
        answer = await asking
    assert (answer.status_code, answer.json()["result"]["transaction_id"]) == (200, transaction_id)


async def test_a_refused_stop_is_told(house: House, api: httpx.AsyncClient) -> None:
    """Case 028."""
    async with house.charger() as charger:
        await begin_charging(charger)
        asking = begun(api, "stop", connector=1)
        await expect(charger, "RemoteStopTransaction", {"status": "Rejected"})
        answer = await asking
    assert (answer.status_code, answer.json()["detail"]) == (409, "KEBA-07 answered “Rejected”.")


async def test_a_stop_that_nothing_follows_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await begin_charging(charger)
        asking = begun(api, "stop", connector=1, timeout_s=0.1)
        await expect(charger, "RemoteStopTransaction", {"status": "Accepted"})
        assert (await asking).status_code == 504


async def test_where_nothing_charges_nothing_is_stopped(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        for named in ({"connector": 1}, {"transaction_id": 4711}):
            assert (await begun(api, "stop", **named)).json()["code"] == "nothing-charging"
        assert (await begun(api, "stop", connector=1, transaction_id=1)).status_code == 422


async def test_a_cable_is_released(house: House, api: httpx.AsyncClient) -> None:
    """Case 017_1."""
    async with house.charger() as charger:
        asking = begun(api, "unlock", connector=1)
        assert await expect(charger, "UnlockConnector", {"status": "Unlocked"}) == {"connectorId": 1}
        assert (await asking).status_code == 200


async def test_a_session_ends_before_its_cable_is_released(house: House, api: httpx.AsyncClient) -> None:
    """Case 018_1."""
    async with house.charger() as charger:
        transaction_id = await begin_charging(charger)
        asking = begun(api, "unlock", connector=1)
        await expect(charger, "UnlockConnector", {"status": "Unlocked"})
        await status(charger, 1, "Finishing")
        assert not asking.done()
        await end_charging(charger, transaction_id, "UnlockCommand")
        assert (await asking).json()["result"] == {"connector": 1, "transaction_id": transaction_id}


@pytest.mark.parametrize(
    ("said", "code"), [("UnlockFailed", "unlock-failed"), ("NotSupported", "not-supported"), ("Maybe", "rejected")]
)
async def test_a_lock_that_does_not_open_is_told(house: House, api: httpx.AsyncClient, said: str, code: str) -> None:
    """Cases 017_2, 030 and 031."""
    async with house.charger() as charger:
        asking = begun(api, "unlock", connector=1)
        await expect(charger, "UnlockConnector", {"status": said})
        assert (await asking).json()["code"] == code
