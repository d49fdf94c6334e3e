"""A charger's security over the REST API: what it says, what it changes, and who may."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlmodel import select

from onetime.models import AuditEntry, Role
from onetime.services.security import events
from tests.integration.conftest import House
from tests.integration.driving.api_client import client
from tests.integration.driving.charger_login import known_charger, logged_in, refusal
from tests.integration.driving.charger_tls import trusting, wss

SECURITY = "/api/v1/chargers/keba-07/security"
TYPED = "AABBCCDDEEFFGGHH"


async def test_a_charger_says_what_each_profile_needs(house: House, api: httpx.AsyncClient) -> None:
    await known_charger(house, key=None)
    async with logged_in(house, None):
        state = (await api.get(SECURITY)).json()
    assert (state["profile"], state["connected_profile"], state["has_password"]) == (0, 0, False)
    assert [profile["is_ready"] for profile in state["profiles"]] == [True, False, False, False]
    assert "ONETIME_OCPP_TLS_PORT" in state["profiles"][3]["missing"][0]


async def test_a_password_set_by_hand_is_asked_for_at_once(house: House, api: httpx.AsyncClient) -> None:
    await known_charger(house, key=None)
    async with logged_in(house, None) as charger:
        changed = await api.put(SECURITY, json={"profile": 1, "password": TYPED})
        assert (changed.status_code, changed.json()["profile"]) == (200, 1)
        assert TYPED not in changed.text
        await asyncio.wait_for(charger.socket.wait_closed(), 5)
    assert (await refusal(house, None)).response.status_code == 401
    async with logged_in(house, TYPED):
        pass
    audited = await house.services.database.read(lambda s: s.exec(select(AuditEntry.action)).all())
    assert {"charger.password", "charger.security_profile"} <= set(audited)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"profile": 1}, 409),
        ({"profile": 2, "password": TYPED}, 409),
        ({"profile": 4}, 422),
        ({"password": "short"}, 422),
        ({"passwort": TYPED}, 422),
    ],
)
async def test_what_would_lock_a_charger_out_is_refused(
    house: House, api: httpx.AsyncClient, change: dict[str, object], status: int
) -> None:
    charger_id = await known_charger(house, key=None)
    before = house.services.security.logins.facts(charger_id)
    answer = await api.put(SECURITY, json=change)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert house.services.security.logins.facts(charger_id) == before


async def test_a_charger_that_was_reset_may_be_lowered_by_hand(tls_house: House, tls_api: httpx.AsyncClient) -> None:
    await known_charger(tls_house, profile=2)
    async with logged_in(tls_house, url=wss(tls_house), ssl=trusting(tls_house)):
        state = (await tls_api.get(SECURITY)).json()
        assert (state["connected_profile"], state["is_encrypted"]) == (2, True)
        assert (await tls_api.put(SECURITY, json={"profile": 0})).json()["profile"] == 0
    async with logged_in(tls_house, None):
        pass


@pytest.mark.parametrize(("role", "status"), [(Role.INSTALLER, 409), (Role.MANAGER, 403), (Role.TENANT, 403)])
async def test_only_who_may_secure_a_charger_changes_it(house: House, role: Role, status: int) -> None:
    await known_charger(house, key=None)
    async with await client(house, role) as api:
        assert (await api.put(SECURITY, json={"profile": 1})).status_code == status
        assert (await api.get(SECURITY)).status_code == (403 if role is Role.TENANT else 200)
        assert (await api.delete(f"{SECURITY}/certificates/ff")).status_code == (404 if status == 409 else 403)


async def test_events_are_listed_and_put_away(house: House, api: httpx.AsyncClient) -> None:
    """Checklist 52: always confirmed, however old it is."""
    await known_charger(house, key=None)
    async with logged_in(house, None) as charger:
        for kind in ("TamperDetectionActivated", "StartupOfTheDevice"):
            event = {"type": kind, "timestamp": "2026-10-05T18:00:00Z", "techInfo": "lid"}
            assert await charger.call("SecurityEventNotification", event) == {}
    page = (await api.get("/api/v1/security/events")).json()
    assert [item["kind"] for item in page["items"]] == ["StartupOfTheDevice", "TamperDetectionActivated"]
    alerts = {"alerts_only": True}
    [alert] = (await api.get("/api/v1/security/events", params=alerts)).json()["items"]
    assert (alert["kind"], alert["charger_id"], alert["at"]) == (
        "TamperDetectionActivated",
        "KEBA-07",
        "2026-10-05T18:00:00Z",
    )
    seen = await api.post(f"/api/v1/security/events/{alert['id']}/seen")
    assert seen.json()["seen_by"] == "api:test-administrator"
    assert (await api.get("/api/v1/security/events", params=alerts)).json()["items"] == []
    assert (await api.post("/api/v1/security/events/999/seen")).status_code == 404


async def test_the_same_alert_a_hundred_times_is_one_with_a_count(house: House, api: httpx.AsyncClient) -> None:
    """libocpp #1155, #1156: reported at every failed try, while the clock is wrong."""
    async with house.charger() as charger:
        for minute in range(20):
            event = {"type": "InvalidCentralSystemCertificate", "timestamp": f"2026-10-05T18:{minute:02d}:00Z"}
            await charger.call("SecurityEventNotification", event | {"techInfo": f"attempt {minute}"})
        await charger.call("SecurityEventNotification", event | {"techInfo": "the name is another one"})
        other, [alert] = (await alerts_of(api))[0], (await alerts_of(api))[1:]
        assert (alert["count"], alert["at"], alert["last_at"], other["count"]) == (
            20,
            "2026-10-05T18:00:00Z",
            "2026-10-05T18:19:00Z",
            1,
        )
        await api.post(f"/api/v1/security/events/{alert['id']}/seen")
        await charger.call("SecurityEventNotification", event | {"techInfo": "attempt 21"})
        assert [each["count"] for each in await alerts_of(api)] == [1, 1]  # what comes after it was put away is new


async def alerts_of(api: httpx.AsyncClient) -> list[dict[str, Any]]:
    return list((await api.get("/api/v1/security/events", params={"alerts_only": True})).json()["items"])


async def test_eight_digits_a_charger_has_fixed_are_taken_with_a_warning(house: House, api: httpx.AsyncClient) -> None:
    """node-red-contrib-ocpp #94."""
    await known_charger(house, key=None)
    answer = await api.put(SECURITY, json={"password": "73654322"})
    assert (answer.status_code, answer.json()["has_password"], len(answer.json()["warnings"])) == (200, True, 1)
    async with logged_in(house, "73654322"):
        pass


async def test_events_are_read_page_by_page(house: House, api: httpx.AsyncClient) -> None:
    charger_id = await known_charger(house, key=None)
    for number in range(5):
        await house.services.security.logins.log.noticed(charger_id, f"Kind{number}", "")
    address: str | None = "/api/v1/security/events?limit=2"
    kinds = []
    while address:
        page = (await api.get(address)).json()
        kinds += [item["kind"] for item in page["items"]]
        address = page["next"]
    assert kinds == ["Kind4", "Kind3", "Kind2", "Kind1", "Kind0"]


async def test_a_charger_that_reports_without_end_does_not_fill_the_disk(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "KEPT_PER_CHARGER", 3)
    charger_id = await known_charger(house, key=None)
    log = house.services.security.logins.log
    for number in range(8):
        await log.reported(
            charger_id, f"Kind{number}", house.services.chargers.live.chargers()[0].booted_at, "x" * 5_000
        )  # type: ignore[arg-type]
    kept = await log.latest(charger_id)
    assert [entry.kind for entry in kept] == ["Kind7", "Kind6", "Kind5"]
    assert {len(entry.detail or "") for entry in kept} == {255}
