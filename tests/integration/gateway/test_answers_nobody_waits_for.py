"""An answer to nothing costs nothing: neither time nor a row of the log."""

import asyncio
import time

from onetime.services.chargers.messages.listing import list_messages
from tests.integration.conftest import House


def crafted(size: int) -> str:
    """Return an answer that is slow to search for a secret, and quick to parse."""
    return '[3,"x",{' + '"value":"",' * (size // 11) + '"a":0}]'


async def test_an_answer_to_nothing_is_dropped_at_once(house: House) -> None:
    async with house.charger() as strange, house.charger("KEBA-08") as other:
        began = time.monotonic()
        await strange.socket.send(crafted(176_000))
        await other.call("Heartbeat", {})
        await strange.call("Heartbeat", {})
        assert time.monotonic() - began < 2.0
        charger = house.services.chargers.live.find("KEBA-07")
        assert charger is not None
        await house.services.chargers.messages.flush(charger.id)
        frames = await house.services.database.read(lambda s: list_messages(s, charger.id, 50))
        assert not [each for each in frames if '"x"' in each.frame]


async def test_a_late_answer_that_names_a_key_is_written_down_quickly_and_without_it(house: House) -> None:
    async with house.charger() as charger:
        live = house.services.chargers.live.find("KEBA-07")
        assert live is not None
        command = await charger.command()
        body = crafted(176_000)[len('[3,"x",{') : -2]
        began = time.monotonic()
        await charger.socket.send(
            f'[3,"{command[1]}",{{"configurationKey":[{{"value":"s3cret","key":"AuthorizationKey"}}],{body}}}]'
        )
        await charger.call("Heartbeat", {})
        assert time.monotonic() - began < 2.0
        await asyncio.sleep(0)
        await house.services.chargers.messages.flush(live.id)
        frames = await house.services.database.read(lambda s: list_messages(s, live.id, 50))
        assert not [each for each in frames if "s3cret" in each.frame]
