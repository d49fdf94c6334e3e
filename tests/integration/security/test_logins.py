"""Basic authentication over real sockets (checklist 47 to 49; quirks C5 and C6; cases 073 and 085)."""

import asyncio
import time
from typing import Any

import httpx
import pytest
from sqlmodel import Session

from onetime.events import ChargerLoggedIn, SecurityNoted
from onetime.models import Charger, ChargerPassword, ChargerSecurity, PasswordState, Registration
from onetime.services.chargers.messages.listing import list_messages
from onetime.services.runtime import restore
from onetime.services.security.passwords.keys import stored_form
from onetime.services.security.passwords.limiter import PER_CHARGER
from tests.integration.conftest import House
from tests.integration.driving.charger_login import (
    BOOT,
    IDENTITY,
    KEY,
    NEW_KEY,
    known_charger,
    logged_in,
    login,
    refusal,
)
from tests.integration.driving.raw_charger import RawCharger

RAW, NEW_RAW = bytes.fromhex(KEY), bytes.fromhex(NEW_KEY)


async def test_without_a_login_the_upgrade_is_refused_and_with_the_right_one_accepted(house: House) -> None:
    """Case 085."""
    await known_charger(house, profile=1)
    refused = (await refusal(house, None)).response
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"].startswith("Basic realm=")
    async with logged_in(house):
        pass


@pytest.mark.parametrize("password", [RAW, KEY, KEY.upper()])
async def test_a_charger_sends_its_key_decoded_or_as_digits(house: House, password: bytes | str) -> None:
    """C6: the form that was used is remembered."""
    charger_id = await known_charger(house, profile=1)
    async with logged_in(house, password):
        form = house.services.security.logins.facts(charger_id).password_form
    assert form == ("as is" if password == RAW else "hexadecimal digits")


async def test_a_plain_password_is_let_in(house: House) -> None:
    await known_charger(house, profile=1, key="AABBCCDDEEFFGGHH")
    async with logged_in(house, "AABBCCDDEEFFGGHH"):
        pass


async def test_the_name_is_compared_without_regard_to_case(house: House) -> None:
    """C5."""
    await known_charger(house, profile=1)
    async with RawCharger.connected(f"{house.url}/keba-07", **login(RAW, "Keba-07")) as charger:
        await charger.call("Heartbeat", {})


@pytest.mark.parametrize(("password", "user"), [("wrong", IDENTITY), (RAW, "KEBA-08"), (RAW + b"x", IDENTITY)])
async def test_a_wrong_login_is_refused_listed_and_written_down(house: House, password: bytes | str, user: str) -> None:
    charger_id = await known_charger(house, profile=1)
    noted: list[SecurityNoted] = []
    house.services.bus.subscribe(SecurityNoted, noted.append)
    for _attempt in range(2):
        assert (await refusal(house, password, user=user)).response.status_code == 401
    [knock] = list(house.services.commissioning.knocking)
    assert (knock.path, knock.count) == ("/KEBA-07", 2)
    assert knock.reason.startswith("401 ")
    [entry] = await house.services.security.logins.log.alerts()
    assert (entry.kind, entry.charger_id, entry.is_reported) == ("InvalidPassword", charger_id, False)
    assert [event.event_id for event in noted] == [entry.id]


async def test_guessing_ends_in_429_and_does_not_lock_the_charger_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    charger_id = await known_charger(house, profile=1)
    async with logged_in(house):
        pass
    # From here on, the guesses seem to come from elsewhere.
    monkeypatch.setattr("onetime.gateway.sockets.door.address_of", lambda _connection: "10.0.0.9")
    for _attempt in range(PER_CHARGER):
        assert (await refusal(house, "guess")).response.status_code == 401
    limited = (await refusal(house, RAW)).response
    assert limited.status_code == 429
    assert int(limited.headers["Retry-After"]) > 0
    monkeypatch.undo()
    async with logged_in(house):
        pass
    kinds = {entry.kind for entry in await house.services.security.logins.log.alerts(charger_id)}
    assert kinds == {"InvalidPassword", "LoginsLimited"}


async def test_a_charger_without_a_login_is_asked_for_one_however_often_it_tries(house: House) -> None:
    await known_charger(house, profile=1)
    for _attempt in range(PER_CHARGER + 2):
        assert (await refusal(house, None)).response.status_code == 401


async def test_a_charger_that_needs_no_profile_is_let_in_as_before(house: House) -> None:
    await known_charger(house, profile=0, key=None)
    for password in (None, "a password from elsewhere"):
        async with logged_in(house, password):
            pass


async def change_key(house: House, api: httpx.AsyncClient, charger: RawCharger, answer: str | None) -> httpx.Response:
    """Send another key with the raw command and answer it, or hang up instead."""
    asking = asyncio.create_task(
        api.post(
            f"/api/v1/chargers/{IDENTITY}/commands/ChangeConfiguration",
            json={"key": "AuthorizationKey", "value": NEW_KEY},
        )
    )
    command = await charger.command()
    assert command[3] == {"key": "AuthorizationKey", "value": NEW_KEY}
    if answer is None:
        await charger.socket.close()
    else:
        await charger.answer(command, {"status": answer})
    return await asking


async def test_an_accepted_key_is_valid_and_ends_the_old_one_at_its_first_login(
    house: House, api: httpx.AsyncClient
) -> None:
    """Case 073, checklist 48 (A01.FR.03)."""
    await known_charger(house, profile=1)
    async with logged_in(house) as charger:
        assert (await change_key(house, api, charger, "Accepted")).status_code == 200
    async with logged_in(house, NEW_RAW):
        assert (await refusal(house, RAW)).response.status_code == 401


@pytest.mark.parametrize("answer", ["Rejected", "NotSupported"])
async def test_a_rejected_key_is_dropped_and_the_old_one_stays(
    house: House, api: httpx.AsyncClient, answer: str
) -> None:
    """Checklist 48 (A01.FR.04)."""
    await known_charger(house, profile=1)
    async with logged_in(house) as charger:
        await change_key(house, api, charger, answer)
    assert (await refusal(house, NEW_RAW)).response.status_code == 401
    async with logged_in(house):
        pass


@pytest.mark.parametrize(("used", "other"), [(RAW, NEW_RAW), (NEW_RAW, RAW)])
async def test_after_a_lost_answer_both_keys_count_until_one_is_used(
    house: House, api: httpx.AsyncClient, used: bytes, other: bytes
) -> None:
    """Checklist 48: the answer was lost, so nobody knows which key the charger has."""
    await known_charger(house, profile=1)
    async with logged_in(house) as charger:
        assert (await change_key(house, api, charger, None)).status_code == 504
    async with logged_in(house, used):
        assert (await refusal(house, other)).response.status_code == 401


async def test_the_key_is_never_written_down(house: House, api: httpx.AsyncClient) -> None:
    """A01.FR.09, also where a charger shows it on being asked."""
    await known_charger(house, profile=1)
    async with logged_in(house) as charger:
        await change_key(house, api, charger, "Accepted")
        asking = asyncio.create_task(
            api.post(f"/api/v1/chargers/{IDENTITY}/commands/GetConfiguration", json={"key": ["AuthorizationKey"]})
        )
        shown = {"key": "AuthorizationKey", "readonly": False, "value": NEW_KEY}
        await charger.answer(await charger.command(), {"configurationKey": [shown]})
        await asking
        await charger.call("Heartbeat", {})
    live = house.services.chargers.live.find(IDENTITY)
    assert live is not None
    await house.services.chargers.messages.flush(live.id)
    messages = await house.services.database.read(lambda s: list_messages(s, live.id, 100))
    await house.services.database.close()
    frames = [message.frame for message in messages]
    assert any("AuthorizationKey" in frame for frame in frames)
    assert not any(NEW_KEY in frame for frame in frames)
    assert NEW_KEY.encode() not in house.services.settings.sqlite_path.read_bytes()


@pytest.mark.parametrize(("entered", "within_s"), [(KEY, 2.0), ("AABBCCDDEEFFGGHH", 4.0)])
async def test_two_hundred_chargers_log_in_at_once(house: House, entered: str, within_s: float) -> None:
    """A power cut ends: nobody has been recognised in this process yet, and everybody comes in the same second.

    Seconds of the processor, those of the chargers' side among them: a clock on the wall would measure who else is
    at work. Typed passwords take a slow hash on top, beside the event loop.
    """
    identities = [f"C-{number}" for number in range(200)]

    def protect(session: Session) -> None:
        stored, current = stored_form(entered), PasswordState.CURRENT
        for identity in identities:
            charger = Charger(identity=identity, identity_key=identity.lower(), registration=Registration.ACCEPTED)
            session.add(charger)
            session.flush()
            session.add(ChargerSecurity(charger_id=charger.id, profile=1))
            session.add(ChargerPassword(charger_id=charger.id, stored=stored, state=current, made_by="test"))

    await house.services.database.write(protect)
    await house.services.database.read(lambda s: restore(s, house.services))
    came: list[ChargerLoggedIn] = []
    house.services.bus.subscribe(ChargerLoggedIn, came.append)
    password = bytes.fromhex(entered) if entered == KEY else entered
    begun, begun_cpu = time.monotonic(), time.process_time()
    await asyncio.gather(*[boot(f"{house.url}/{each}", **login(password, each)) for each in identities])
    assert len([event for event in came if event.profile == 1]) == 200
    assert time.process_time() - begun_cpu < within_s
    assert time.monotonic() - begun < 15.0


async def boot(url: str, **options: Any) -> None:
    async with RawCharger.connected(url, **options) as charger:
        assert (await charger.call("BootNotification", BOOT))["status"] == "Accepted"
