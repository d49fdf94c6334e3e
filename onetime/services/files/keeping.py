"""What chargers sent goes after a time, and so does what a power cut left half written."""

import asyncio
import contextlib
import logging
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, delete, select

from onetime.background import pass_finished
from onetime.models import StoredFile
from onetime.services.aging import Aging
from onetime.services.files.store import FileStore
from onetime.services.unreadable import UnreadableRows
from onetime.store.database import Database
from onetime.store.group_commit import DatabaseClosedError, DatabaseError
from onetime.store.unreadable import Tell, left_out

logger = logging.getLogger(__name__)

STEP_FILES = 20
PAUSE_S = 0.2
EVERY_S = 3_600.0


async def keep_files(database: Database, store: FileStore, aging: Aging, unreadable: UnreadableRows) -> None:
    """Delete expired files every hour, for as long as the house runs."""
    while True:
        try:
            if now := aging.now():
                with unreadable.look("old files") as tell:
                    await delete_expired(database, store, now, tell)
            pass_finished()
        except DatabaseClosedError:
            return
        except DatabaseError as error:
            logger.warning("Old files were not deleted: %s", error)
        await asyncio.sleep(EVERY_S)


async def delete_expired(database: Database, store: FileStore, now: datetime, tell: Tell) -> int:
    """Delete the files whose time is over, a step at a time, and return how many there were.

    ``tell`` hears of those whose name cannot be read: they stay.
    """
    total, staying = 0, set[int]()
    while True:
        keys, names = await database.write(lambda s: _delete_step(s, now, staying.union(+store.in_use), tell))
        if not keys:
            return total
        staying.update(keys)
        for name in names:
            await asyncio.to_thread(_unlink, store.folder / name)
        total += len(names)
        await asyncio.sleep(PAUSE_S)


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


def _delete_step(session: Session, now: datetime, but: Collection[int], tell: Tell) -> tuple[list[int], list[str]]:
    """Delete a few rows; return the numbers of those it looked at, and the names of the files that have none now."""
    over = select(col(StoredFile.id)).where(col(StoredFile.expires_at) < now, col(StoredFile.id).not_in(but))
    keys = [key or 0 for key in session.exec(over.order_by(col(StoredFile.expires_at)).limit(STEP_FILES))]
    names: dict[int, str] = {}
    for key in keys:
        with left_out(tell, "stored_file", key):
            names[key] = session.exec(select(StoredFile.stored_as).where(col(StoredFile.id) == key)).one()
    session.exec(delete(StoredFile).where(col(StoredFile.id).in_(names)))
    return keys, list(names.values())
