"""Reserving a connector for a card, and giving it up again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlmodel import select

from onetime.models import Card, CardStatus, Reservation, ReservationState
from onetime.services.cards.authorization import id_tag_key
from tests.integration.conftest import House
from tests.integration.driving.api_client import asked
from tests.integration.driving.operator import begin_charging, begun, expect, refuse, status
from tests.integration.driving.raw_charger import RawCharger

LISTED = "/api/v1/chargers/keba-07/reservations"


async def reserved(charger: RawCharger, api: httpx.AsyncClient, connector: int = 1, **more: Any) -> int:
    """Reserve a connector and return the reservation id."""
    asking = begun(api, "reserve", connector=connector, **({"id_tag": "CARD", "duration_s": 3600} | more))
    sent = await expect(charger, "ReserveNow", {"status": "Accepted"})
    await status(charger, connector, "Reserved")
    assert (await asking).json()["result"]["reservation_id"] == sent["reservationId"]
    return int(sent["reservationId"])


async def states(house: House) -> list[ReservationState]:
    def work(session: Any) -> list[ReservationState]:
        return [row.state for row in session.exec(select(Reservation).order_by(Reservation.id))]

    return await house.services.database.read(work)


async def test_a_reservation_is_done_when_the_connector_shows_it(house: House, api: httpx.AsyncClient) -> None:
    """Cases 046 and 047."""
    until = datetime.now(UTC) + timedelta(hours=2)
    async with house.charger() as charger:
        asking = begun(api, "reserve", connector=1, id_tag="CARD", until=until.isoformat())
        sent = await expect(charger, "ReserveNow", {"status": "Accepted"})
        assert (sent["connectorId"], sent["idTag"]) == (1, "CARD")
        assert "parentIdTag" not in sent
        assert datetime.fromisoformat(sent["expiryDate"]) == until.replace(microsecond=until.microsecond // 1000 * 1000)
        await status(charger, 1, "Reserved")
        assert (await asking).status_code == 200
        [item] = (await api.get(LISTED)).json()["items"]
    assert (item["reservation_id"], item["connector_id"], item["id_tag"]) == (sent["reservationId"], 1, "CARD")


async def test_it_ends_when_a_session_uses_it(house: House, api: httpx.AsyncClient) -> None:
    """Case 046; checklist 30."""
    async with house.charger() as charger:
        reservation_id = await reserved(charger, api)
        await begin_charging(charger, reservationId=reservation_id)
        assert (await api.get(LISTED)).json()["items"] == []
    assert await states(house) == [ReservationState.USED]


async def test_reservation_id_0_means_none(house: House, api: httpx.AsyncClient) -> None:
    """T6: SteVe #1414."""
    async with house.charger() as charger:
        await reserved(charger, api)
        await begin_charging(charger, connector=2, reservationId=0)
    assert await states(house) == [ReservationState.ACTIVE]


@pytest.mark.parametrize("named", [{"reservationId": -1}, {"reservationId": 0}, {"reservationId": 999}, {}])
async def test_its_card_uses_it_whatever_number_the_start_names(
    house: House, api: httpx.AsyncClient, named: dict[str, int]
) -> None:
    """MicroOcpp #154: the start names -1."""
    async with house.charger() as charger:
        await reserved(charger, api)
        await begin_charging(charger, id_tag="card", **named)
    assert await states(house) == [ReservationState.USED]


@pytest.mark.parametrize("boots", [True, False])
async def test_what_a_charger_has_forgotten_ends(house: House, api: httpx.AsyncClient, boots: bool) -> None:
    """MicroOcpp #202, #233: after a boot, or just so, the reserved connector says Available."""
    async with house.charger() as charger:
        await reserved(charger, api)
        if boots:
            await charger.call("BootNotification", {"chargePointVendor": "Keba", "chargePointModel": "P30"})
        await status(charger, 2, "Available")
        assert await states(house) == [ReservationState.ACTIVE]
        await status(charger, 1, "Available")
    assert await states(house) == [ReservationState.DROPPED]


async def test_a_boot_does_not_end_the_reservation_of_any_connector(house: House, api: httpx.AsyncClient) -> None:
    """Connector 0 and every plug say Available with it too: one of them is kept free (section 5.13)."""
    async with house.charger() as charger:
        asking = begun(api, "reserve", connector=0, id_tag="CARD", duration_s=3600)
        await expect(charger, "ReserveNow", {"status": "Accepted"})
        assert (await asking).status_code == 200
        await charger.call("BootNotification", {"chargePointVendor": "Keba", "chargePointModel": "P30"})
        for connector in (0, 1, 2):
            await status(charger, connector, "Available")
        assert await states(house) == [ReservationState.ACTIVE]
        await begin_charging(charger, connector=2)
    assert await states(house) == [ReservationState.USED]


@pytest.mark.parametrize(("plugs", "left"), [(1, ReservationState.DROPPED), (2, ReservationState.ACTIVE)])
async def test_only_the_one_plug_tells_that_a_reservation_of_any_is_forgotten(
    house: House, api: httpx.AsyncClient, plugs: int, left: ReservationState
) -> None:
    async with house.charger() as charger:
        for connector in range(plugs + 1):
            await status(charger, connector, "Available")
        asking = begun(api, "reserve", connector=0, id_tag="CARD", duration_s=3600)
        await expect(charger, "ReserveNow", {"status": "Accepted"})
        assert (await asking).status_code == 200
        await status(charger, 1, "Reserved")
        await status(charger, 0, "Available")
        assert await states(house) == [ReservationState.ACTIVE]
        await status(charger, 1, "Available")
    assert await states(house) == [left]


async def test_a_rejected_cancellation_ends_it_too(house: House, api: httpx.AsyncClient) -> None:
    """Rejected says that the charger knows of none (section 6.4)."""
    async with house.charger() as charger:
        asking = begun(api, "reserve", connector=0, id_tag="CARD", duration_s=3600)
        await expect(charger, "ReserveNow", {"status": "Accepted"})
        reservation_id = (await asking).json()["result"]["reservation_id"]
        asking = begun(api, "cancel_reservation", reservation_id=reservation_id)
        await expect(charger, "CancelReservation", {"status": "Rejected"})
        assert (await asking).json()["state"] == "done"
    assert await states(house) == [ReservationState.DROPPED]


async def test_the_newest_of_a_connector_is_given_up(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await reserved(charger, api, duration_s=1800)
        newest = await reserved(charger, api, duration_s=7200)
        asking = begun(api, "cancel_reservation", connector=1)
        assert await expect(charger, "CancelReservation", {"status": "Accepted"}) == {"reservationId": newest}
        await status(charger, 1, "Available")
        assert (await asking).status_code == 200


async def test_a_start_for_another_card_says_first_that_it_is_reserved(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await reserved(charger, api)
        answer = (await begun(api, "start", connector=1, id_tag="OTHER")).json()
        assert (answer["code"], charger.commands.empty()) == ("reserved", True)
        assert "reserved for another card" in answer["detail"]


async def test_another_chargers_session_does_not_use_it(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger, house.charger("KEBA-08") as other:
        reservation_id = await reserved(charger, api)
        await begin_charging(other, reservationId=reservation_id)
    assert await states(house) == [ReservationState.ACTIVE]


async def test_it_ends_at_its_time(house: House, api: httpx.AsyncClient) -> None:
    """Case 047."""
    async with house.charger() as charger:
        await reserved(charger, api)

    def age(session: Any) -> None:
        session.exec(select(Reservation)).one().until = datetime.now(UTC) - timedelta(seconds=1)

    await house.services.database.write(age)
    assert (await api.get(LISTED)).json()["items"] == []
    row = await house.services.database.read(lambda s: s.exec(select(Reservation)).one())
    assert row.state_at(datetime.now(UTC)) is ReservationState.EXPIRED


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("Occupied", "occupied", "in use"),
        ("Faulted", "faulted", "fault"),
        ("Unavailable", "unavailable", "out of service"),
        ("Rejected", "rejected", "refuses"),
    ],
)
async def test_a_refusal_is_told_in_words(
    house: House, api: httpx.AsyncClient, said: str, code: str, words: str
) -> None:
    """Cases 048_1 to 048_4."""
    async with house.charger() as charger:
        asking = begun(api, "reserve", connector=1, id_tag="CARD", duration_s=60)
        await expect(charger, "ReserveNow", {"status": said})
        answer = await asking
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert words in answer.json()["detail"]
    assert await states(house) == [ReservationState.REFUSED]


async def test_any_connector_can_be_reserved(house: House, api: httpx.AsyncClient) -> None:
    """Case 049: which one it will be is not known yet, so nothing is waited for."""
    async with house.charger() as charger:
        asking = begun(api, "reserve", id_tag="CARD", duration_s=60)
        assert (await expect(charger, "ReserveNow", {"status": "Accepted"}))["connectorId"] == 0
        assert (await asking).status_code == 200


async def test_a_charger_that_only_reserves_named_connectors_is_told_so(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "reserve", id_tag="CARD", duration_s=60)
        await expect(charger, "ReserveNow", {"status": "Rejected"})
        setting = {"key": "ReserveConnectorZeroSupported", "readonly": True, "value": "false"}
        await expect(charger, "GetConfiguration", {"configurationKey": [setting]})
        assert (await asking).json()["code"] == "not-supported"


async def test_the_cards_of_a_group_may_use_it(house: House, api: httpx.AsyncClient) -> None:
    """Case 053: the charger learns the group of another card from Authorize."""
    cards = [
        Card(id_tag=tag, id_tag_key=id_tag_key(tag), status=CardStatus.ACCEPTED, parent_id_tag="MEIER")
        for tag in ("CARD", "OTHER")
    ]
    await house.services.database.write(lambda s: s.add_all(cards))
    async with house.charger() as charger:
        asking = begun(api, "reserve", connector=1, id_tag="CARD", duration_s=60)
        assert (await expect(charger, "ReserveNow", {"status": "Accepted"}))["parentIdTag"] == "MEIER"
        await status(charger, 1, "Reserved")
        await asking
        info = (await charger.call("Authorize", {"idTag": "OTHER"}))["idTagInfo"]
    assert info == {"status": "Accepted", "parentIdTag": "MEIER"}


async def test_it_is_given_up(house: House, api: httpx.AsyncClient) -> None:
    """Case 051."""
    async with house.charger() as charger:
        for by in ("reservation_id", "connector"):
            reservation_id = await reserved(charger, api)
            asking = begun(api, "cancel_reservation", **{by: {"reservation_id": reservation_id, "connector": 1}[by]})
            sent = await expect(charger, "CancelReservation", {"status": "Accepted"})
            assert sent == {"reservationId": reservation_id}
            await status(charger, 1, "Available")
            assert (await asking).json()["result"] == {"reservation_id": reservation_id}
    assert await states(house) == [ReservationState.CANCELLED] * 2


async def test_what_the_charger_does_not_know_cannot_be_given_up(house: House, api: httpx.AsyncClient) -> None:
    """Case 052."""
    async with house.charger() as charger:
        asking = begun(api, "cancel_reservation", reservation_id=99)
        await expect(charger, "CancelReservation", {"status": "Rejected"})
        assert (await asking).json()["code"] == "rejected"
        assert (await begun(api, "cancel_reservation", connector=1)).json()["code"] == "nothing-reserved"


async def test_a_connector_that_does_not_show_it_is_told(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        await status(charger, 1, "Available")
        asking = begun(api, "reserve", connector=1, id_tag="CARD", duration_s=60, timeout_s=0.1)
        await expect(charger, "ReserveNow", {"status": "Accepted"})
        answer = await asking
    assert answer.json()["detail"] == "The charger accepted, but connector 1 still says Available."


async def test_a_question_that_got_no_answer_reserves_nothing(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        asking = begun(api, "reserve", connector=1, id_tag="CARD", duration_s=60)
        await refuse(charger, "ReserveNow", "NotSupported")
        assert (await asking).json()["error_code"] == "NotSupported"
    assert await states(house) == [ReservationState.REFUSED]


async def test_a_reservation_made_by_hand_counts_too(house: House, api: httpx.AsyncClient) -> None:
    async with house.charger() as charger:
        payload = {"connectorId": 1, "expiryDate": "2036-01-01T00:00:00Z", "idTag": "CARD", "reservationId": 500}
        asking = asked(api, "ReserveNow", payload)
        await expect(charger, "ReserveNow", {"status": "Accepted"})
        await asking
        assert [item["reservation_id"] for item in (await api.get(LISTED)).json()["items"]] == [500]
        assert await reserved(charger, api, connector=2) == 501


@pytest.mark.parametrize(
    "wrong", [{}, {"duration_s": 0}, {"until": "2020-01-01T00:00:00Z"}, {"until": "2099-01-01T00:00:00Z"}]
)
async def test_a_reservation_has_an_end_in_the_near_future(
    house: House, api: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    async with house.charger():
        assert (await begun(api, "reserve", id_tag="CARD", **wrong)).status_code == 422
