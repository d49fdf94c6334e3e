"""Who may connect whom nobody knows: while commissioning is open, and while it is closed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlmodel import Session, col, select
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from onetime.clock import utc_now
from onetime.events import CommissioningChanged
from onetime.models import AuditEntry, Registration, Role
from onetime.services.commissioning import window as commissioning
from onetime.services.commissioning.enrolment import decide
from onetime.services.commissioning.window import FIRST_START
from onetime.settings import Settings
from onetime.store.group_commit import DatabaseUnavailableError
from tests.integration.conftest import House, open_house
from tests.integration.driving.api_client import client

BOOT = {"chargePointVendor": "Keba", "chargePointModel": "P30"}
PATH = "/api/v1/commissioning"
DAY = timedelta(days=1)
NO_BATTERY = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def strict(settings: Settings) -> Settings:
    """A house that accepts nobody by itself."""
    return settings.model_copy(update={"accept_new_chargers": False})


@pytest.fixture
async def fresh(strict: Settings) -> AsyncIterator[House]:
    async with open_house(strict) as house:
        yield house


@pytest.fixture
async def closed(strict: Settings) -> AsyncIterator[House]:
    async with open_house(strict.model_copy(update={"commissioning_days": 0})) as house:
        yield house


async def boot(house: House, identity: str) -> object:
    async with house.charger(identity, booted=False) as charger:
        return (await charger.call("BootNotification", BOOT))["status"]


async def turned_away(house: House, path: str) -> tuple[int, str]:
    """Return status and sentence of the answer to an opening request that must not succeed."""
    with pytest.raises(InvalidStatus) as refused:
        await connect(f"{house.url}{path}", subprotocols=["ocpp1.6"])  # type: ignore[list-item]
    answer = refused.value.response
    return answer.status_code, bytes(answer.body or b"").decode()


def actions(session: Session) -> list[tuple[str, str]]:
    query = select(AuditEntry).where(col(AuditEntry.action).startswith("commissioning.")).order_by(col(AuditEntry.id))
    return [(entry.actor, entry.action) for entry in session.exec(query)]


async def test_a_fresh_house_is_open_for_thirty_days_and_a_stranger_waits(fresh: House) -> None:
    assert await boot(fresh, "NEW-1") == "Pending"
    await fresh.services.commissioning.window.look()
    end = fresh.services.commissioning.window.open_until
    assert end is not None
    assert abs(end - utc_now() - 30 * DAY) < timedelta(minutes=1)
    assert await fresh.services.database.read(actions) == [(FIRST_START, "commissioning.open")]


async def test_a_stranger_gets_404_while_it_is_closed_and_is_listed_as_knocking(closed: House) -> None:
    for _time in range(2):
        answer = await turned_away(closed, "/ocpp/STRANGER-1")
        assert answer == (404, "STRANGER-1 is not known here, and commissioning is closed.\n")
    [knock] = closed.services.commissioning.knocking
    assert (knock.path, knock.identity, knock.count) == ("/ocpp/STRANGER-1", "STRANGER-1", 2)
    assert knock.reason == "404 STRANGER-1 is not known here, and commissioning is closed."
    assert closed.services.chargers.live.chargers() == []


@pytest.mark.parametrize("registration", list(Registration))
async def test_known_chargers_connect_while_it_is_closed(fresh: House, registration: Registration) -> None:
    assert await boot(fresh, "Keba-07") == "Pending"
    if registration is not Registration.PENDING:
        await fresh.services.commissioning.enrolment.decide(
            "Keba-07", "test", admit=registration is Registration.ACCEPTED
        )
    await fresh.services.commissioning.window.close("test")
    assert await boot(fresh, "KEBA-07") == registration
    assert [charger.identity for charger in fresh.services.chargers.live.chargers()] == ["Keba-07"]


async def test_a_charger_let_in_before_its_first_call_connects_while_it_is_closed(closed: House) -> None:
    await turned_away(closed, "/Keba-08")
    async with await client(closed, Role.INSTALLER) as api:
        assert (await api.put("/api/v1/chargers/Keba-08")).status_code == 200
    assert await boot(closed, "KEBA-08") == "Accepted"


async def test_a_charger_another_process_has_added_connects_while_it_is_closed(closed: House) -> None:
    await closed.services.database.write(lambda s: decide(s, "Keba-09", "command line", admit=True))
    assert closed.services.chargers.live.find("KEBA-09") is None
    assert await boot(closed, "KEBA-09") == "Accepted"


async def test_opening_again_lets_strangers_in_and_closing_turns_them_away(closed: House) -> None:
    service = closed.services.commissioning.window
    await service.open_for(DAY, "anna")
    assert await boot(closed, "NEW-1") == "Pending"
    await service.close("anna")
    assert (await turned_away(closed, "/NEW-2"))[0] == 404
    assert await boot(closed, "NEW-1") == "Pending"
    assert (await closed.services.database.read(actions))[-2:] == [
        ("anna", "commissioning.open"),
        ("anna", "commissioning.close"),
    ]


async def test_the_end_is_noticed_and_told(closed: House, monkeypatch: pytest.MonkeyPatch) -> None:
    service, told = closed.services.commissioning.window, asyncio.Event()
    await service.open_for(DAY, "anna")
    closed.services.bus.subscribe(CommissioningChanged, lambda _event: told.set())
    later = utc_now() + DAY
    monkeypatch.setattr(commissioning, "utc_now", lambda: later)
    await asyncio.wait_for(told.wait(), 5)
    assert (service.is_open, service.open_until) == (False, None)
    assert (await turned_away(closed, "/NEW-1"))[0] == 404


async def test_a_first_start_without_the_time_is_open_and_the_days_count_from_when_it_is_right(
    strict: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commissioning, "utc_now", lambda: NO_BATTERY)
    async with open_house(strict) as house:
        await house.services.commissioning.window.look()
        assert (house.services.commissioning.window.is_open, house.services.commissioning.window.open_until) == (
            True,
            None,
        )
        assert await boot(house, "NEW-1") == "Pending"
    now = utc_now()
    monkeypatch.setattr(commissioning, "utc_now", lambda: now)
    async with open_house(strict) as house:  # the power was cut meanwhile
        await house.services.commissioning.window.look()
        assert house.services.commissioning.window.open_until == now + 30 * DAY


async def test_the_first_days_count_once_and_not_from_every_start(strict: Settings) -> None:
    async with open_house(strict) as house:
        await house.services.commissioning.window.look()
        end = house.services.commissioning.window.open_until
    async with open_house(strict) as house:
        await house.services.commissioning.window.look()
        assert house.services.commissioning.window.open_until == end


async def test_a_stranger_is_to_come_again_while_the_database_cannot_be_asked(
    closed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_work: object) -> None:
        raise DatabaseUnavailableError

    await closed.services.commissioning.enrolment.decide("KEBA-07", "test", admit=True)
    monkeypatch.setattr(closed.services.database, "read", away)
    assert (await turned_away(closed, "/NEW-1"))[0] == 503
    assert await boot(closed, "KEBA-07") == "Accepted"  # known ones cost no question
    assert closed.services.commissioning.knocking.strangers() == {}


async def test_a_browser_at_the_chargers_port_is_no_stranger(closed: House) -> None:
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(f"http://127.0.0.1:{closed.gateway.port}/favicon.ico")
    assert answer.status_code == 426
    assert closed.services.commissioning.knocking.strangers() == {}


async def test_a_script_opens_and_closes_it(closed: House) -> None:
    end = (utc_now() + DAY).replace(microsecond=0)
    async with await client(closed, Role.INSTALLER) as api:
        before = (await api.get(PATH)).json()
        opened = (await api.put(PATH, json={"open_until": end.isoformat()})).json()
        assert await boot(closed, "NEW-1") == "Pending"
        again = (await api.put(PATH, json={"open_until": None})).json()
        await turned_away(closed, "/NEW-2")
        [knock] = (await api.get("/api/v1/knocking")).json()["items"]
    assert before == again == {"is_open": False, "open_until": None, "accepts_at_once": False}
    assert opened == {"is_open": True, "open_until": f"{end:%Y-%m-%dT%H:%M:%SZ}", "accepts_at_once": False}
    assert knock["charger_id"] == "NEW-2"


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"open_until": "2020-01-01T00:00:00Z"},
        {"open_until": "2199-01-01T00:00:00Z"},
        {"open_until": "2026-12-23T14:00:00"},
        {"open_until": None, "until": None},
    ],
)
async def test_a_wish_that_cannot_be_meant_is_a_problem(closed: House, wish: dict[str, str | None]) -> None:
    async with await client(closed, Role.INSTALLER) as api:
        answer = await api.put(PATH, json=wish)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert not closed.services.commissioning.window.is_open


async def test_a_house_that_accepts_everybody_cannot_be_closed(house: House) -> None:
    async with await client(house, Role.INSTALLER) as api:
        answer = await api.put(PATH, json={"open_until": None})
        assert (await api.get(PATH)).json() == {"is_open": True, "open_until": None, "accepts_at_once": True}
    assert (answer.status_code, answer.json()["status"]) == (409, 409)
    assert "ONETIME_ACCEPT_NEW_CHARGERS" in answer.json()["detail"]


@pytest.mark.parametrize(("role", "expected"), [(Role.INSTALLER, 200), (Role.MANAGER, 403), (Role.TENANT, 403)])
async def test_only_who_accepts_chargers_opens_the_house(closed: House, role: Role, expected: int) -> None:
    async with await client(closed, role) as api:
        answer = await api.put(PATH, json={"open_until": (utc_now() + DAY).isoformat()})
    assert answer.status_code == expected
    assert closed.services.commissioning.window.is_open is (expected == 200)
