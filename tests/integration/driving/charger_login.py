"""A charger that logs in, and what a refusal says."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from onetime.services.security import store
from onetime.services.security.passwords.keys import stored_form
from tests.integration.conftest import House
from tests.integration.driving.raw_charger import RawCharger
from tests.unit.services.security.factories import basic

IDENTITY = "KEBA-07"
SERIAL = "17.042.883"
BOOT = {"chargePointVendor": "Keba", "chargePointModel": "P30", "chargePointSerialNumber": SERIAL}
KEY = b"a key of twenty byte".hex()
NEW_KEY = b"another key of 20 by".hex()


def login(password: bytes | str | None, user: str = IDENTITY) -> dict[str, Any]:
    """Return what a client adds to its opening request."""
    return {} if password is None else {"additional_headers": {"Authorization": basic(user, password)}}


async def known_charger(house: House, profile: int = 0, key: str | None = KEY) -> int:
    """Let a charger be known that has to come with this profile; return its number."""
    async with RawCharger.connected(f"{house.url}/{IDENTITY}") as charger:
        await charger.call("BootNotification", BOOT)
    live = house.services.chargers.live.find(IDENTITY)
    assert live is not None
    security = house.services.security.logins
    if key is not None:
        stored = stored_form(key)
        await security.change(lambda s: store.enter_password(s, live.id, stored, "test"))
    await security.change(lambda s: store.set_profile(s, live.id, profile, "test"))
    return live.id


@asynccontextmanager
async def logged_in(
    house: House, password: bytes | str | None = bytes.fromhex(KEY), **options: Any
) -> AsyncIterator[RawCharger]:
    """A charger that was let in, and is answered."""
    url = options.pop("url", house.url)
    async with RawCharger.connected(f"{url}/{IDENTITY}", **login(password), **options) as charger:
        assert "currentTime" in await charger.call("Heartbeat", {})
        yield charger


async def refusal(house: House, password: bytes | str | None, **options: Any) -> InvalidStatus:
    """Return what a charger is told that is not let in."""
    url, user = options.pop("url", house.url), options.pop("user", IDENTITY)
    try:
        async with connect(f"{url}/{IDENTITY}", **login(password, user), **options):  # type: ignore[arg-type]
            raise AssertionError("it was let in")
    except InvalidStatus as error:
        return error


async def until(house: House, kind: type, true: Callable[[], bool], within_s: float = 5.0) -> None:
    """Wait until something holds; it is looked at after each event of this kind."""
    news = asyncio.Event()
    unsubscribe = house.services.bus.subscribe(kind, lambda _event: news.set())
    try:
        async with asyncio.timeout(within_s):
            while not true():
                news.clear()
                await news.wait()
    finally:
        unsubscribe()
