"""What chargers sent goes after a time, and so does what a power cut left half written."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, delete, select

from onetime.models import StoredFile
from onetime.services.aging import Aging
from onetime.services.files.store import FileStore
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError

logger = logging.getLogger(__name__)

STEP_FILES = 20
PAUSE_S = 0.2
EVERY_S = 3_600.0


async def keep_files(database: Database, store: FileStore, aging: Aging) -> None:
    """Delete expired files every hour, for as long as the house runs."""
    while True:
        try:
            if now := aging.now():
                await delete_expired(database, store, now)
        except DatabaseClosedError:
            return
        except (DatabaseError, OSError) as error:
            logger.warning("Old files were not deleted: %s", error)
        await asyncio.sleep(EVERY_S)


async def delete_expired(database: Database, store: FileStore, now: datetime) -> int:
    """Delete the files whose time is over, a step at a time, and return how many there were."""
    total = 0
    while gone := await database.write(lambda s: _delete_step(s, now, [key for key, n in store.in_use.items() if n])):
        for name in gone:
            await asyncio.to_thread((store.folder / name).unlink, missing_ok=True)
        total += len(gone)
        await asyncio.sleep(PAUSE_S)
    return total


def sweep(session: Session, store: FileStore) -> None:
    """Remove what a power cut left behind: bytes no row speaks of. Call it before anything is received."""
    if not store.folder.is_dir():
        return
    known = set(session.exec(select(StoredFile.stored_as)))
    for path in store.folder.iterdir():
        if path.is_file() and path.name not in known:
            path.unlink(missing_ok=True)


def _delete_step(session: Session, now: datetime, in_use: Sequence[int]) -> list[str]:
    expired = select(StoredFile.id, StoredFile.stored_as).where(
        col(StoredFile.expires_at) < now, col(StoredFile.id).not_in(in_use)
    )
    rows = session.exec(expired.order_by(col(StoredFile.expires_at)).limit(STEP_FILES)).all()
    session.exec(delete(StoredFile).where(col(StoredFile.id).in_([key for key, _name in rows])))
    return [name for _key, name in rows]
