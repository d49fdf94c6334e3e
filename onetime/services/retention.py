"""What is kept for how long. Sessions and registers stay; raw messages go after a time, in small steps."""

import asyncio
import logging
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from onetime.clock import utc_now
from onetime.database import Database
from onetime.group_commit import DatabaseClosedError, DatabaseError
from onetime.models import ChargerMessage

logger = logging.getLogger(__name__)

STEP_ROWS = 1_000  # some milliseconds on an SD card, so that no charger waits for it
PAUSE_S = 0.2
EVERY_S = 3_600.0


async def keep_tidy(database: Database, message_days: int) -> None:
    """Delete old messages every hour, for as long as the house runs."""
    while True:
        try:
            await delete_messages_before(database, utc_now() - timedelta(days=message_days))
        except DatabaseClosedError:
            return
        except DatabaseError as error:
            logger.warning("Old messages were not deleted: %s", error)
        await asyncio.sleep(EVERY_S)


async def delete_messages_before(database: Database, instant: datetime) -> int:
    """Delete the messages older than ``instant``, a step at a time, and return how many there were."""
    total = 0
    while deleted := await database.write(lambda s: _delete_step(s, instant)):
        total += deleted
        await asyncio.sleep(PAUSE_S)
    return total


def _delete_step(session: Session, instant: datetime) -> int:
    oldest = select(ChargerMessage.id).where(ChargerMessage.at < instant).order_by(col(ChargerMessage.at))
    ids = list(session.exec(oldest.limit(STEP_ROWS)))
    session.exec(delete(ChargerMessage).where(col(ChargerMessage.id).in_(ids)))
    return len(ids)
