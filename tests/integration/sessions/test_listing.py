"""What is billed is what is shown: held and discarded sessions are in no sum, and every list says so."""

import httpx

from onetime.models import CardStatus
from onetime.services.cards.holders import CardFacts
from onetime.services.sessions.history import SessionFilter, chargers_of_tenant, total_sessions
from onetime.web.sessions.filter import NOBODY
from tests.integration.api.test_api import api as api
from tests.integration.conftest import House
from tests.integration.driving.sessions import start, stop

LIFETIME = 9_015_000


async def an_honest_and_an_impossible_session(house: House) -> tuple[int, int]:
    """One of 7,345 Wh, and one whose end went back by a lifetime register (the page once said −448 MWh)."""
    async with house.charger() as charger:
        good = await start(charger)
        await charger.call("StopTransaction", stop(good))
        bad = await start(charger, timestamp="2026-10-06T18:00:00Z", meterStart=LIFETIME)
        await charger.call("StopTransaction", stop(bad, timestamp="2026-10-06T19:00:00Z", meter_stop=22_400))
    return good, bad


async def test_held_and_discarded_sessions_are_in_no_total(house: House) -> None:
    await an_honest_and_an_impossible_session(house)
    totals = await house.services.database.read(lambda s: total_sessions(s, SessionFilter()))
    assert (totals.count, totals.energy_wh, totals.set_aside) == (2, 7_345, 1)
    [item] = await house.services.reviews.open_items()
    await house.services.reviews.discard(item.id, "maria")
    totals = await house.services.database.read(lambda s: total_sessions(s, SessionFilter()))
    assert (totals.count, totals.energy_wh, totals.set_aside) == (2, 7_345, 1)


async def test_the_api_says_of_each_session_whether_it_is_billed(house: House, api: httpx.AsyncClient) -> None:
    """evcc #12960: whoever adds the energies up must come to what is billed."""
    good, bad = await an_honest_and_an_impossible_session(house)
    items = {item["id"]: item for item in (await api.get("/api/v1/transactions")).json()["items"]}
    assert items[good]["review_state"] == "clear"
    assert (items[good]["billed"], items[good]["open_doubts"]) == (True, [])
    assert items[bad]["review_state"] == "held"
    assert (items[bad]["billed"], items[bad]["energy_wh"], items[bad]["measured_wh"]) == (False, None, None)
    assert items[bad]["open_doubts"] == ["register_went_back"]
    assert sum(item["energy_wh"] or 0 for item in items.values()) == 7_345
    assert not any(item["estimated"] or item["corrected"] or item["time_corrected"] for item in items.values())


async def test_the_api_says_that_an_end_was_estimated_and_a_time_corrected(
    house: House, api: httpx.AsyncClient
) -> None:
    async with house.charger() as charger:
        first = await start(charger)
        second = await start(charger, timestamp="1970-01-01T00:05:00Z", meterStart=16_000)
    items = {item["id"]: item for item in (await api.get("/api/v1/transactions")).json()["items"]}
    assert (items[first]["estimated"], items[first]["open_doubts"]) == (True, ["stop_never_came"])
    assert items[second]["time_corrected"]


async def test_a_tenant_is_offered_the_chargers_of_their_own_sessions_only(house: House) -> None:
    """Whose a session is was decided when it began: a card that is handed over takes no charger along."""
    for tag, tenant in (("ANNA", "Anna"), ("BEN", "Ben")):
        await house.services.cards.holders.save(CardFacts(tag, CardStatus.ACCEPTED, tenant), "admin")
    for identity, tag in (("HERS-2", "ANNA"), ("HERS-1", "ANNA"), ("HIS-1", "BEN"), ("NOBODYS-1", "LOST")):
        async with house.charger(identity) as charger:
            await charger.call("StopTransaction", stop(await start(charger, idTag=tag), idTag=tag))
    await house.services.cards.holders.save(CardFacts("ANNA", CardStatus.ACCEPTED, "Ben"), "admin")
    numbers = {name: number for number, name in await house.services.cards.holders.numbered_tenants()}
    seen = {
        name: await house.services.database.read(lambda s, n=number: chargers_of_tenant(s, n))
        for name, number in numbers.items()
    }
    assert seen == {"Anna": ["HERS-1", "HERS-2"], "Ben": ["HIS-1"]}
    assert await house.services.database.read(lambda s: chargers_of_tenant(s, NOBODY)) == []
