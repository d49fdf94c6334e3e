"""What a charger is asked once it is in: the state of its connectors, and the readings the bill needs.

All of it is best effort. A charger that does not answer is left alone; nothing of this is needed to charge.
"""

import asyncio
import logging
import time
from collections.abc import Collection
from contextlib import suppress

from onetime.gateway.sockets.connection import ChargerConnection
from onetime.services.chargers.commands import CommandError, CommandFailedError
from onetime.services.chargers.house_settings import WANTED_SETTINGS, chosen_settings
from onetime.services.chargers.settings import read_few
from onetime.services.chargers.vendors import quirks_of
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.ocpp_actions.trigger import MessageTrigger, TriggerMessage
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseError

logger = logging.getLogger(__name__)

SETTLING_S = 5.0  # chargers that are spoken to before their boot is over boot again (lbbrhzn #1503)
TELLING_S = 5.0  # for the states of all connectors, once the charger has said that it will send them
QUIET_S = 20.0  # nothing hurries the set-up, and who stands at the charger wants to be served first


async def greet(connection: ChargerConnection, database: Database) -> None:
    """Ask an accepted charger for its state and set up its metering."""
    await _settled(connection)
    try:
        with suppress(CommandFailedError):  # without triggers it can be set up all the same
            await _ask_for_status(connection)
        await _left_alone(connection)
        chosen = await database.read(lambda s: chosen_settings(s, connection.charger.id))
        await _set_up_metering(connection, chosen)
    except (CommandError, DatabaseError) as error:
        logger.info("The set-up of %s ended early: %s", connection.identity, error)


async def _ask_for_status(connection: ChargerConnection) -> None:
    """Ask for the state of every connector, and of each plug by its number where the charger tells of itself only.

    Asked without a number, some answer for connector 0 alone (lbbrhzn #2138, open-ocpp #46).
    """
    trigger = TriggerMessage(requested_message=MessageTrigger.STATUS_NOTIFICATION)
    plugs = [number for number in sorted(connection.charger.connectors) if number > 0]
    if not connection.status_seen:
        await connection.ask(trigger)
        await _told(connection, plugs)
    for number in plugs:
        if number not in connection.status_seen:
            await connection.ask(trigger.model_copy(update={"connector_id": number}))


async def _told(connection: ChargerConnection, plugs: list[int]) -> None:
    """Wait until each of these plugs has told its state, or for as long as a charger may take for it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(TELLING_S):
            while not connection.status_seen.issuperset(plugs):
                connection.status_news.clear()
                await connection.status_news.wait()


async def _settled(connection: ChargerConnection) -> None:
    """Wait until the charger has been left in peace after its connection, and after its boot where one follows."""
    await asyncio.sleep(SETTLING_S)
    if connection.booted_at is not None:
        await asyncio.sleep(connection.booted_at + SETTLING_S - time.monotonic())


async def _left_alone(connection: ChargerConnection) -> None:
    """Wait until nobody has asked anything of the charger for a while."""
    while (remaining := QUIET_S - connection.outbox.idle_s()) > 0:  # noqa: ASYNC110 - nothing happens, time passes
        await asyncio.sleep(remaining)


async def _set_up_metering(connection: ChargerConnection, chosen: Collection[str]) -> None:
    """Write the house's own settings, but for those somebody has ``chosen`` otherwise (keys in lower case)."""
    reading = await read_few(connection.ask, list(WANTED_SETTINGS))
    for key, wishes in WANTED_SETTINGS.items():
        setting = reading.settings.get(key.casefold())
        wishes = _harmless(connection, key, wishes)
        if setting is None or setting.readonly or setting.value in wishes or key.casefold() in chosen:
            continue
        await _set_first_accepted(connection, setting.key, wishes)


def _harmless(connection: ChargerConnection, key: str, wishes: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out what is known to make a charger of this make boot for ever (ABB Terra; lbbrhzn #1275)."""
    only = quirks_of(connection.charger).measurands
    return (only,) if only and key == "MeterValuesSampledData" else wishes


async def _set_first_accepted(connection: ChargerConnection, key: str, wishes: tuple[str, ...]) -> None:
    """Offer the best value first: one unknown measurand makes a charger reject the whole list (errata 3.14.4)."""
    for wish in wishes:
        answer = await connection.ask(ChangeConfiguration(key=key, value=wish))
        if answer.get("status") in ("Accepted", "RebootRequired"):
            return
    logger.warning("%s does not let %s be set; its intervals may be interpolated.", connection.identity, key)
