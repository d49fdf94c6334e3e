"""What is kept for how long. Sessions and registers stay; raw messages go after a time, in small steps."""

import asyncio
import logging
from datetime import datetime

from sqlmodel import Session, col, delete, select

from onetime.background import pass_finished
from onetime.models import MessageBlock
from onetime.services.aging import Aging
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError

logger = logging.getLogger(__name__)

STEP_BLOCKS = 100  # some milliseconds on an SD card, so that no charger waits for it
PAUSE_S = 0.2
EVERY_S = 3_600.0


async def keep_tidy(database: Database, aging: Aging, message_days: int) -> None:
    """Delete old messages every hour, for as long as the house runs."""
    while True:
        try:
            if before := aging.before(message_days):
                await delete_messages_before(database, before)
            pass_finished()
        except DatabaseClosedError:
            return
        except DatabaseError as error:
            logger.warning("Old messages were not deleted: %s", error)
        await asyncio.sleep(EVERY_S)


async def delete_messages_before(database: Database, instant: datetime) -> int:
    """Delete the messages older than ``instant``, a step at a time, and return how many there were.

    They go in the blocks in which they are stored: one stays until its last message is old enough.
    """
    total = 0
    while deleted := await database.write(lambda s: _delete_step(s, instant)):
        total += deleted
        await asyncio.sleep(PAUSE_S)
    return total


def _delete_step(session: Session, instant: datetime) -> int:
    oldest = select(MessageBlock.id, MessageBlock.count).where(MessageBlock.last_at < instant)
    rows = session.exec(oldest.order_by(col(MessageBlock.last_at)).limit(STEP_BLOCKS)).all()
    session.exec(delete(MessageBlock).where(col(MessageBlock.id).in_([block_id for block_id, _count in rows])))
    return sum(count for _block_id, count in rows)
