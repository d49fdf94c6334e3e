"""Cards and reservations on the charger's own lists."""

from datetime import timedelta

from onetime.simulator.vocabulary import format_time
from tests.unit.simulator.central import running_central
from tests.unit.simulator.factories import CARD, MORNING, answer, make_charger


async def test_the_local_list_is_replaced_amended_and_used_offline() -> None:
    async with running_central() as central, make_charger(central) as charger:
        good, bad = {"status": "Accepted"}, {"status": "Blocked"}
        full = [{"idTag": "A", "idTagInfo": good}, {"idTag": "B", "idTagInfo": good}]
        change = [{"idTag": "a", "idTagInfo": bad}, {"idTag": "B"}]
        send = {"listVersion": 3, "updateType": "Full", "localAuthorizationList": full}
        assert await answer(central, "SendLocalList", send) == {"status": "Accepted"}
        amend = {"listVersion": 4, "updateType": "Differential", "localAuthorizationList": change}
        assert await answer(central, "SendLocalList", amend) == {"status": "Accepted"}
        assert await answer(central, "SendLocalList", amend) == {"status": "VersionMismatch"}
        assert await answer(central, "GetLocalListVersion") == {"listVersion": 4}
        await charger.go_offline()
        await charger.plug_in(1)
        assert not await charger.tap(1, "A")


async def test_a_full_list_without_statuses_is_an_error() -> None:
    async with running_central() as central, make_charger(central):
        send = {"listVersion": 1, "updateType": "Full", "localAuthorizationList": [{"idTag": "A"}]}
        assert await answer(central, "SendLocalList", send) == "ProtocolError"


async def test_a_reservation_keeps_the_connector_for_one_card() -> None:
    async with running_central() as central, make_charger(central) as charger:
        expiry = format_time(MORNING + timedelta(minutes=30))
        reserve = {"connectorId": 1, "expiryDate": expiry, "idTag": CARD, "reservationId": 8}
        assert await answer(central, "ReserveNow", reserve) == {"status": "Accepted"}
        await central.until(lambda: central.statuses()[-1] == "Reserved")
        assert not await charger.tap(1, "OTHER")
        assert await charger.tap(1, CARD)
        await charger.plug_in(1)
        assert central.payloads("StartTransaction")[0]["reservationId"] == 8


async def test_a_reservation_expires_is_cancelled_or_comes_too_late() -> None:
    async with running_central() as central, make_charger(central) as charger:
        expiry = format_time(MORNING + timedelta(minutes=30))
        reserve = {"connectorId": 1, "expiryDate": expiry, "idTag": CARD, "reservationId": 8}
        await answer(central, "ReserveNow", reserve)
        assert await answer(central, "CancelReservation", {"reservationId": 8}) == {"status": "Accepted"}
        assert await answer(central, "CancelReservation", {"reservationId": 8}) == {"status": "Rejected"}
        await answer(central, "ReserveNow", reserve)
        await charger.clock.sleep(1900)
        await central.until(lambda: central.statuses()[-1] == "Available")
        await charger.plug_in(1)
        late = {**reserve, "expiryDate": format_time(MORNING + timedelta(hours=9))}
        assert await answer(central, "ReserveNow", late) == {"status": "Occupied"}


async def test_the_cache_is_cleared() -> None:
    async with running_central(refused_cards={CARD: "Blocked"}) as central, make_charger(central) as charger:
        await charger.plug_in(1)
        await charger.tap(1, CARD)
        assert await answer(central, "ClearCache") == {"status": "Accepted"}
        await charger.go_offline()
        assert await charger.tap(1, CARD)
