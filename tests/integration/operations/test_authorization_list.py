"""Pushing the accepted cards to a charger's own list."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlmodel import select

from onetime.models import Card, CardStatus, LocalList
from onetime.services.cards.authorization import id_tag_key
from tests.integration.conftest import House
from tests.integration.driving.api_client import asked
from tests.integration.driving.operator import begun, expect, refuse
from tests.integration.driving.raw_charger import RawCharger

LIMITS = {
    "configurationKey": [
        {"key": "localauthlistenabled", "readonly": False, "value": "true"},
        {"key": "LocalAuthListMaxLength", "readonly": True, "value": "5"},
        {"key": "SendLocalListMaxLength", "readonly": True, "value": "2"},
    ]
}


async def put_cards(house: House, *tags: str, status: CardStatus = CardStatus.ACCEPTED, **more: Any) -> None:
    cards = [Card(id_tag=tag, id_tag_key=id_tag_key(tag), status=status, **more) for tag in tags]
    await house.services.database.write(lambda s: s.add_all(cards))


async def settled(charger: RawCharger, version: int, limits: dict[str, Any] | None = None) -> None:
    """Answer what is asked before the first card is sent."""
    await expect(charger, "GetConfiguration", limits or {})
    await expect(charger, "GetLocalListVersion", {"listVersion": version})


async def pushed(house: House, api: httpx.AsyncClient, charger: RawCharger, version: int = 0) -> dict[str, Any]:
    """Push a list that fits into one message, and return that message."""
    asking = begun(api, "push_authorization_list")
    await settled(charger, version)
    sent = await expect(charger, "SendLocalList", {"status": "Accepted"})
    await expect(charger, "GetLocalListVersion", {"listVersion": sent["listVersion"]})
    assert (await asking).status_code == 200
    return sent


def tags(sent: dict[str, Any]) -> list[str]:
    return [entry["idTag"] for entry in sent["localAuthorizationList"]]


async def test_a_charger_without_a_list_gets_all_accepted_cards(house: House, api: httpx.AsyncClient) -> None:
    """Cases 042_2 and 043_4: 0 is an empty list, and each card comes with its info."""
    await put_cards(house, "A", "B", parent_id_tag="MEIER")
    await put_cards(house, "STOLEN", status=CardStatus.BLOCKED)
    await put_cards(house, "OLD", expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    await put_cards(house, "TIMED", expires_at=datetime(2090, 1, 1, tzinfo=UTC))
    await put_cards(house, "LONGER-THAN-TWENTY-CHARACTERS")
    async with house.charger() as charger:
        sent = await pushed(house, api, charger)
    assert (sent["updateType"], sent["listVersion"], tags(sent)) == ("Full", 1, ["A", "B", "TIMED"])
    assert sent["localAuthorizationList"][0]["idTagInfo"] == {"status": "Accepted", "parentIdTag": "MEIER"}
    assert sent["localAuthorizationList"][2]["idTagInfo"]["expiryDate"] == "2090-01-01T00:00:00.000Z"


async def test_only_what_changed_is_sent_to_a_charger_that_has_the_last_list(
    house: House, api: httpx.AsyncClient
) -> None:
    """Case 043_5: the version read is the one last sent, and the new one is greater."""
    await put_cards(house, "A", "B", "C")
    async with house.charger() as charger:
        await pushed(house, api, charger, version=7)

        def change(session: Any) -> None:
            cards = {card.id_tag: card for card in session.exec(select(Card)).all()}
            cards["A"].status = CardStatus.BLOCKED
            cards["B"].parent_id_tag = "MEIER"

        await house.services.database.write(change)
        await put_cards(house, "D")
        sent = await pushed(house, api, charger, version=8)
    assert (sent["updateType"], sent["listVersion"]) == ("Differential", 9)
    assert sent["localAuthorizationList"] == [
        {"idTag": "A"},  # without info: deleted
        {"idTag": "B", "idTagInfo": {"status": "Accepted", "parentIdTag": "MEIER"}},
        {"idTag": "D", "idTagInfo": {"status": "Accepted"}},
    ]


async def test_where_nothing_changed_nothing_is_sent(house: House, api: httpx.AsyncClient) -> None:
    await put_cards(house, "A")
    async with house.charger() as charger:
        await pushed(house, api, charger)
        asking = begun(api, "push_authorization_list")
        await settled(charger, 1)
        assert (await asking).json()["result"] == {"version": 1, "cards": 1, "sent": "nothing", "messages": 0}


async def test_a_charger_with_another_version_gets_the_whole_list(house: House, api: httpx.AsyncClient) -> None:
    await put_cards(house, "A")
    async with house.charger() as charger:
        await pushed(house, api, charger)
        sent = await pushed(house, api, charger, version=40)
    assert (sent["updateType"], sent["listVersion"]) == ("Full", 41)


@pytest.mark.parametrize("said", ["Failed", "VersionMismatch"])
async def test_refused_changes_lead_to_the_whole_list(house: House, api: httpx.AsyncClient, said: str) -> None:
    """Checklist 41."""
    await put_cards(house, "A")
    async with house.charger() as charger:
        await pushed(house, api, charger)
        await put_cards(house, "B")
        asking = begun(api, "push_authorization_list")
        await settled(charger, 1)
        assert (await expect(charger, "SendLocalList", {"status": said}))["updateType"] == "Differential"
        await expect(charger, "GetLocalListVersion", {"listVersion": 3})
        sent = await expect(charger, "SendLocalList", {"status": "Accepted"})
        await expect(charger, "GetLocalListVersion", {"listVersion": 4})
        answer = await asking
    assert (sent["updateType"], sent["listVersion"], tags(sent)) == ("Full", 4, ["A", "B"])
    assert answer.json()["result"]["sent"] == "full"


async def test_a_long_list_comes_in_parts_the_charger_can_take(house: House, api: httpx.AsyncClient) -> None:
    """Checklist 41: SendLocalListMaxLength."""
    await put_cards(house, "A", "B", "C", "D", "E")
    async with house.charger() as charger:
        asking = begun(api, "push_authorization_list")
        await settled(charger, 0, LIMITS)
        sent = [await expect(charger, "SendLocalList", {"status": "Accepted"}) for _ in range(3)]
        await expect(charger, "GetLocalListVersion", {"listVersion": 3})
        answer = await asking
    assert [(each["updateType"], each["listVersion"], tags(each)) for each in sent] == [
        ("Full", 1, ["A", "B"]),
        ("Differential", 2, ["C", "D"]),
        ("Differential", 3, ["E"]),
    ]
    assert (answer.json()["progress"], answer.json()["result"]["messages"]) == (100, 3)


async def test_a_list_without_room_for_all_cards_is_told(house: House, api: httpx.AsyncClient) -> None:
    """Checklist 41: LocalAuthListMaxLength."""
    await put_cards(house, *"ABCDEF")
    async with house.charger() as charger:
        asking = begun(api, "push_authorization_list")
        await settled(charger, 0, LIMITS)
        answer = await asking
    assert answer.json()["detail"] == "The list has room for 5 cards, and there are 6."


async def test_a_house_without_cards_empties_the_list(house: House, api: httpx.AsyncClient) -> None:
    """Checklist 41: a full update without cards."""
    async with house.charger() as charger:
        sent = await pushed(house, api, charger, version=5)
    assert sent == {"listVersion": 6, "updateType": "Full"}


async def test_a_charger_without_lists_is_told(house: House, api: httpx.AsyncClient) -> None:
    """Cases 042_1 and 043_1."""
    await put_cards(house, "A")
    async with house.charger() as charger:
        asking = begun(api, "push_authorization_list")
        await settled(charger, -1)
        assert (await asking).json()["code"] == "not-supported"
        asking = begun(api, "push_authorization_list")
        await expect(charger, "GetConfiguration", {})
        await refuse(charger, "GetLocalListVersion", "NotImplemented")
        assert (await asking).json()["code"] == "not-supported"
        asking = begun(api, "push_authorization_list")
        await settled(charger, 0)
        await expect(charger, "SendLocalList", {"status": "NotSupported"})
        assert (await asking).json()["code"] == "not-supported"


@pytest.mark.parametrize("version", [-1, 0, 7])
async def test_a_list_that_is_switched_off_is_switched_on(house: House, api: httpx.AsyncClient, version: int) -> None:
    """Whatever version it tells: a list that is off lets nobody charge."""
    await put_cards(house, "A")
    off = {"configurationKey": [{"key": "LocalAuthListEnabled", "readonly": False, "value": "false"}]}
    async with house.charger() as charger:
        asking = begun(api, "push_authorization_list")
        await expect(charger, "GetConfiguration", off)
        assert (await expect(charger, "ChangeConfiguration", {"status": "Accepted"}))["value"] == "true"
        await expect(charger, "GetLocalListVersion", {"listVersion": max(0, version)})
        sent = await expect(charger, "SendLocalList", {"status": "Accepted"})
        await expect(charger, "GetLocalListVersion", {"listVersion": sent["listVersion"]})
        assert (await asking).status_code == 200


@pytest.mark.parametrize("by_callerror", [True, False])
async def test_a_refused_list_is_tried_in_smaller_parts(
    house: House, api: httpx.AsyncClient, by_callerror: bool
) -> None:
    """It does not say how many cards one message may have, and refuses more than two."""
    await put_cards(house, *(f"CARD-{number:02d}" for number in range(10)))
    version, held = 0, []
    async with house.charger() as charger:
        asking = begun(api, "push_authorization_list")
        while not asking.done():
            try:
                call = await asyncio.wait_for(charger.commands.get(), 0.5)
            except TimeoutError:
                continue
            if call[2] == "SendLocalList" and len(tags(call[3])) > 2:
                if by_callerror:
                    await charger.refuse(call, "OccurenceConstraintViolation")
                else:
                    await charger.answer(call, {"status": "Failed"})
            elif call[2] == "SendLocalList":
                held = ([] if call[3]["updateType"] == "Full" else held) + tags(call[3])
                version = call[3]["listVersion"]
                await charger.answer(call, {"status": "Accepted"})
            else:
                await charger.answer(call, {"listVersion": version} if call[2] == "GetLocalListVersion" else {})
        answer = (await asking).json()
    assert (answer["state"], answer["result"]["messages"], len(held)) == ("done", 5, 10)


async def test_a_list_that_is_refused_as_a_whole_is_told(house: House, api: httpx.AsyncClient) -> None:
    """Case 043_3."""
    await put_cards(house, "A")
    async with house.charger() as charger:
        asking = begun(api, "push_authorization_list")
        await settled(charger, 0)
        await expect(charger, "SendLocalList", {"status": "Failed"})
        assert (await asking).json()["code"] == "rejected"


async def test_a_list_that_is_not_kept_is_told(house: House, api: httpx.AsyncClient) -> None:
    await put_cards(house, "A")
    async with house.charger() as charger:
        asking = begun(api, "push_authorization_list")
        await settled(charger, 0)
        await expect(charger, "SendLocalList", {"status": "Accepted"})
        await expect(charger, "GetLocalListVersion", {"listVersion": 0})
        assert (await asking).json()["code"] == "not-kept"


async def test_a_list_sent_by_hand_is_remembered_too(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        entry = {"idTag": "x", "idTagInfo": {"status": "Accepted"}}
        for payload in (
            {"listVersion": 3, "updateType": "Full", "localAuthorizationList": [entry]},
            {"listVersion": 4, "updateType": "Differential", "localAuthorizationList": [{"idTag": "X"}]},
        ):
            asking = asked(api, "SendLocalList", payload)
            await expect(charger, "SendLocalList", {"status": "Accepted"})
            await asking
    row = await house.services.database.read(lambda s: s.exec(select(LocalList)).one())
    assert (row.version, row.cards) == (4, {})
