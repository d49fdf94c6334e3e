"""Cards and chargers, decided about by a script, and what chargers are told of them."""

from datetime import timedelta

import pytest

from onetime.clock import utc_now
from onetime.models import Registration, Role
from onetime.services.billing.months import Month
from onetime.services.billing.report_file import report_of
from onetime.services.sessions.history import SessionFilter, list_sessions, total_sessions
from tests.integration.conftest import House
from tests.integration.driving.api_client import client
from tests.integration.driving.raw_charger import RawCharger

CARDS = "/api/v1/cards"
CALLRESULT = 3


async def status(charger: RawCharger, id_tag: str) -> object:
    return (await charger.call("Authorize", {"idTag": id_tag}))["idTagInfo"]


@pytest.mark.parametrize(
    ("wish", "answer"),
    [
        ({}, {"status": "Accepted"}),
        ({"status": "blocked"}, {"status": "Blocked"}),
        ({"group": "FAMILY"}, {"status": "Accepted", "parentIdTag": "FAMILY"}),
    ],
)
async def test_a_charger_is_told_what_a_script_decided_023(house: House, wish: dict[str, str], answer: object) -> None:
    async with await client(house, Role.MANAGER) as api, house.charger() as charger:
        assert (await api.put(f"{CARDS}/04A1B2C3", json=wish)).status_code == 200
        assert await status(charger, "04a1b2c3") == answer


async def test_a_card_past_its_time_is_expired_023_2(house: House) -> None:
    past = (utc_now() - timedelta(days=1)).isoformat()
    async with await client(house, Role.MANAGER) as api, house.charger() as charger:
        await api.put(f"{CARDS}/OLD", json={"expires_at": past})
        answer = await charger.call("Authorize", {"idTag": "OLD"})
    assert answer["idTagInfo"]["status"] == "Expired"


async def test_what_is_left_out_is_taken_away_from_a_card(house: House) -> None:
    async with await client(house, Role.MANAGER) as api:
        await api.put(f"{CARDS}/A", json={"tenant": "Muster", "label": "Car", "group": "G"})
        await api.put(f"{CARDS}/a", json={"tenant": "Muster"})
        item = (await api.get(f"{CARDS}/A")).json()
        [listed] = (await api.get(CARDS)).json()["items"]
    assert (item["tenant"], item["label"], item["group"], item["id_tag"]) == ("Muster", None, None, "A")
    assert listed == item


async def test_cards_come_in_pages(house: House) -> None:
    async with await client(house, Role.MANAGER) as api:
        for tag in ("b", "C", "A"):
            await api.put(f"{CARDS}/{tag}", json={})
        first = (await api.get(CARDS, params={"limit": 2})).json()
        second = (await api.get(first["next"])).json()
    assert [item["id_tag"] for item in first["items"] + second["items"]] == ["A", "b", "C"]
    assert second["next"] is None


async def test_only_a_card_that_never_charged_can_be_deleted(house: House) -> None:
    async with await client(house, Role.MANAGER) as api, house.charger() as charger:
        start = {"connectorId": 1, "idTag": "USED", "meterStart": 0, "timestamp": "2026-10-05T18:00:00Z"}
        await charger.call("StartTransaction", start)
        await api.put(f"{CARDS}/NEW", json={})
        codes = [(await api.delete(f"{CARDS}/{tag}")).status_code for tag in ("USED", "NEW", "NEW")]
    assert codes == [409, 204, 404]


@pytest.mark.parametrize(
    ("tag", "wish"), [("X" * 21, {}), ("A", {"status": "unknown"}), ("A", {"group": "G" * 21}), ("A", {"tennant": "X"})]
)
async def test_a_card_no_charger_could_send_is_refused_in_words(house: House, tag: str, wish: dict[str, str]) -> None:
    async with await client(house, Role.MANAGER) as api:
        answer = await api.put(f"{CARDS}/{tag}", json=wish)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


async def test_an_installer_does_not_decide_about_cards(house: House) -> None:
    async with await client(house, Role.INSTALLER) as api:
        assert (await api.put(f"{CARDS}/A", json={})).status_code == 403


async def test_a_charger_is_let_in_before_it_calls(house: House) -> None:
    async with await client(house, Role.INSTALLER) as api:
        item = (await api.put("/api/v1/chargers/EARLY-1", json={"registration": "Accepted"})).json()
    assert (item["registration"], item["online"]) == ("Accepted", False)
    async with house.charger("early-1"):
        assert house.services.chargers.live.find("EARLY-1").registration is Registration.ACCEPTED  # type: ignore[union-attr]


async def test_a_rejected_charger_is_told_so_and_let_in_again(house: House) -> None:
    boot = {"chargePointVendor": "Keba", "chargePointModel": "P30"}
    async with await client(house, Role.INSTALLER) as api, house.charger("KEBA-07", booted=False) as charger:
        await api.put("/api/v1/chargers/KEBA-07", json={"registration": "Rejected"})
        refused = await charger.call("BootNotification", boot)
        blocked = await charger.exchange("Authorize", {"idTag": "A"})
        await api.put("/api/v1/chargers/KEBA-07", json={})
        accepted = await charger.call("BootNotification", boot)
    assert (refused["status"], accepted["status"]) == ("Rejected", "Accepted")
    assert blocked[0] != CALLRESULT


@pytest.mark.parametrize("name", ["X" * 49, "A:B", "%20"])
async def test_a_name_no_charger_can_have_is_refused(house: House, name: str) -> None:
    async with await client(house, Role.INSTALLER) as api:
        assert (await api.put(f"/api/v1/chargers/{name}", json={})).status_code == 422


async def test_a_session_is_read_by_its_id_and_found_by_its_card(house: House) -> None:
    async with await client(house, Role.MANAGER) as api, house.charger() as charger:
        start = {"connectorId": 1, "idTag": "FIRST", "meterStart": 0, "timestamp": "2026-10-05T18:00:00Z"}
        first = (await charger.call("StartTransaction", start))["transactionId"]
        await charger.call("StartTransaction", {**start, "connectorId": 2, "idTag": "SECOND"})
        found = (await api.get("/api/v1/transactions", params={"id_tag": "first"})).json()["items"]
        read = (await api.get(f"/api/v1/transactions/{first}")).json()
        missing = await api.get("/api/v1/transactions/999999")
    assert [item["id"] for item in found] == [first] == [read["id"]]
    assert missing.status_code == 404


async def test_an_id_no_charger_could_keep_is_refused_in_words(house: House) -> None:
    async with await client(house, Role.MANAGER) as api:
        answers = [await api.get(f"/api/v1/transactions/{number}") for number in (0, 2**31, 10**30)]
    assert [answer.status_code for answer in answers] == [422, 422, 422]


async def charge_at(house: House, *begins: str) -> None:
    async with house.charger() as charger:
        for number, begin in enumerate(begins):
            start = {"connectorId": 1, "idTag": "HANDED", "meterStart": 1_000 * number, "timestamp": begin}
            answer = await charger.call("StartTransaction", start)
            end = {"transactionId": answer["transactionId"], "meterStop": 1_000 * number + 900}
            await charger.call("StopTransaction", {**end, "timestamp": begin.replace(":00:00Z", ":30:00Z")})


async def billed_to(house: House) -> list[str | None]:
    rows = await house.services.database.read(lambda s: list_sessions(s, SessionFilter(), 10, newest_first=False))
    return [row.tenant for row in rows]


async def hand_over(house: House, tenant: str | None, since: str | None = None) -> None:
    async with await client(house, Role.MANAGER) as api:
        answer = await api.put(f"{CARDS}/HANDED", json={"tenant": tenant, "tenant_since": since})
        assert answer.status_code == 200, answer.text


async def test_a_card_that_is_handed_over_leaves_the_past_alone(house: House) -> None:
    """Who moves out pays for what they charged; the sheet and the lists agree."""
    await charge_at(house, "2026-10-01T10:00:00Z", "2026-10-15T10:00:00Z", "2026-11-02T10:00:00Z")
    await hand_over(house, "Anna")
    assert await billed_to(house) == ["Anna", "Anna", "Anna"], "the first holder gets what was nobody's"
    await hand_over(house, "Beat")
    assert await billed_to(house) == ["Anna", "Anna", "Anna"], "from now on, where nobody said from when"
    await hand_over(house, "Carla", "2026-10-10T00:00:00+02:00")
    assert await billed_to(house) == ["Anna", "Carla", "Carla"]
    report = await house.services.database.read(lambda s: report_of(s, Month(2026, 10), "en", lambda *_: None))
    assert [(line.tenant.name if line.tenant else None) for line in report.sessions] == ["Anna", "Carla"]
    await hand_over(house, None, "2026-11-01T00:00:00+01:00")
    assert await billed_to(house) == ["Anna", "Carla", None]
    await hand_over(house, "Dora")
    assert await billed_to(house) == ["Anna", "Carla", None], "nobody's time stays nobody's once there was a holder"


async def test_a_card_without_a_holder_can_be_given_from_a_day_on(house: House) -> None:
    await charge_at(house, "2026-10-01T10:00:00Z", "2026-11-02T10:00:00Z")
    await hand_over(house, "Anna", "2026-11-01T00:00:00+01:00")
    assert await billed_to(house) == [None, "Anna"]
    await hand_over(house, "Anna")
    assert await billed_to(house) == [None, "Anna"], "the same holder is no handing over"


async def test_a_tenant_sees_only_the_sessions_of_their_time_with_the_card(house: House) -> None:
    await charge_at(house, "2026-10-01T10:00:00Z", "2026-11-02T10:00:00Z")
    await hand_over(house, "Anna")
    await hand_over(house, "Beat", "2026-10-20T00:00:00+02:00")
    numbers = {name: number for number, name in await house.services.cards.holders.numbered_tenants()}
    for name, energy_wh in (("Anna", 900), ("Beat", 900)):
        wanted = SessionFilter(tenant_id=numbers[name])
        totals = await house.services.database.read(lambda s, wanted=wanted: total_sessions(s, wanted))  # type: ignore[misc]  # bound now
        assert (totals.count, totals.energy_wh) == (1, energy_wh)


async def test_what_is_no_cards_number_waits_for_no_name(house: House) -> None:
    """ocpp-go #277, evcc #25956: free charging sends an empty tag; MicroOcpp #202: a reason in its place."""
    async with await client(house, Role.MANAGER) as api, house.charger() as charger:
        start = {"connectorId": 1, "idTag": "", "meterStart": 0, "timestamp": "2026-10-05T18:00:00Z"}
        free = (await charger.call("StartTransaction", start))["transactionId"]
        stop = {"meterStop": 100, "timestamp": "2026-10-05T18:02:00Z", "transactionId": free}
        await charger.call("StopTransaction", {**stop, "idTag": "HardReset1a2b", "reason": "HardReset"})
        await charger.call("Authorize", {"idTag": "HardReset"})
        cards = (await api.get(CARDS)).json()["items"]
        session = (await api.get(f"/api/v1/transactions/{free}")).json()
    assert (cards, session["energy_wh"]) == ([], 100)
