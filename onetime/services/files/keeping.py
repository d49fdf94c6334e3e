"""What chargers sent goes after a time, and so does what a power cut left half written."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, delete, select

from onetime.background import pass_finished
from onetime.models import StoredFile
from onetime.services.aging import Aging
from onetime.services.files.store import FileStore
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError
from onetime.store.unreadable import Tell, left_out

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
            pass_finished()
        except DatabaseClosedError:
            return
        except DatabaseError as error:
            logger.warning("Old files were not deleted: %s", error)
        await asyncio.sleep(EVERY_S)


async def delete_expired(database: Database, store: FileStore, now: datetime) -> int:
    """Delete the files whose time is over, a step at a time, and return how many there were."""
    total = 0
    while gone := await database.write(lambda s: _delete_step(s, now, [key for key, n in store.in_use.items() if n])):
        for name in gone:
            await asyncio.to_thread(_unlink, store.folder / name)
        total += len(gone)
        await asyncio.sleep(PAUSE_S)
    return total


def sweep(session: Session, store: FileStore, tell: Tell) -> None:
    """Remove what a power cut left behind: bytes no row speaks of. Call it before anything is received.

    What cannot be removed stays; while the rows cannot be read, everything does.
    """
    with left_out(tell, "stored_file", "names"):
        known = set(session.exec(select(StoredFile.stored_as)))
        with contextlib.suppress(FileNotFoundError):
            for path in store.folder.iterdir():
                if path.is_file() and path.name not in known:
                    _unlink(path)


def _unlink(path: Path) -> None:
    """Delete a file, where that can be done: one that cannot keeps no other, and the next start tries again."""
    try:
        path.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        logger.warning("The file %s was not deleted: %s", path.name, error)


def _delete_step(session: Session, now: datetime, in_use: Sequence[int]) -> list[str]:
    expired = select(StoredFile.id, StoredFile.stored_as).where(
        col(StoredFile.expires_at) < now, col(StoredFile.id).not_in(in_use)
    )
    rows = session.exec(expired.order_by(col(StoredFile.expires_at)).limit(STEP_FILES)).all()
    session.exec(delete(StoredFile).where(col(StoredFile.id).in_([key for key, _name in rows])))
    return [name for _key, name in rows]
