"""The store of files: the bytes in a folder, what they are in the database."""

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from sqlmodel import Session, col, func, select

from onetime.clock import is_plausible, utc_now
from onetime.models import FileKind, StoredFile
from onetime.services.files.errors import FileInUseError
from onetime.services.files.incoming import IncomingFile
from onetime.services.files.multipart import Upload
from onetime.services.files.names import safe_name
from onetime.services.people.audit import record
from onetime.settings import Settings
from onetime.store.database import Database
from onetime.store.private_folder import private_folder
from onetime.store.unreadable import readable_page
from onetime.texts import _

PARTIAL = ".part"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What is known of a file before it comes."""

    kind: FileKind
    created_by: str
    charger_id: int | None = None
    operation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be kept, in bytes, and how long what chargers sent is kept."""

    file_bytes: int
    total_bytes: int
    retention: timedelta

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Return what the settings say."""
        return cls(
            settings.file_limit_mb * MEGABYTE,
            settings.files_limit_mb * MEGABYTE,
            timedelta(days=settings.file_retention_days),
        )


class FileStore:
    """All files for and from chargers."""

    def __init__(self, database: Database, folder: Path, limits: Limits) -> None:
        self._database = database
        self._incoming: set[IncomingFile] = set()
        self.folder = folder
        self.limits = limits
        self.in_use: Counter[int] = Counter()

    async def receive(
        self, upload: Upload, facts: FileFacts, note: Callable[[int], None] = lambda _size: None
    ) -> StoredFile:
        """Store what comes and return it once it is complete, on the disk and in the database.

        ``note`` is called with the bytes so far, and may raise to end it.
        Where it breaks off, or raises ``FileError``, nothing of it stays.
        """
        private_folder(self.folder)
        before = await self._database.read(stored_bytes)
        stored_as = secrets.token_hex(16)
        incoming = IncomingFile(self.folder / (stored_as + PARTIAL), self.limits.file_bytes, lambda: self._room(before))
        self._incoming.add(incoming)
        try:
            async for chunk in upload:
                await incoming.write(chunk)
                note(incoming.size_bytes)
        except BaseException:
            self._incoming.discard(incoming)
            incoming.discard()
            raise
        # Everything has come: a sender that hangs up now must not undo half of the storing.
        return await asyncio.shield(self._complete(incoming, stored_as, upload.name, facts))

    async def find(self, file_id: int) -> StoredFile | None:
        """Return one file, or None when there is none of this number."""
        return await self._database.read(lambda s: s.get(StoredFile, file_id))

    def path(self, file: StoredFile) -> Path:
        """Return where the bytes of a file lie."""
        return self.folder / file.stored_as

    async def delete(self, file_id: int, actor: str) -> bool:
        """Delete a file; say whether there was one. Raises ``FileInUseError`` while a charger needs it."""
        if self.in_use[file_id]:
            raise FileInUseError(_("A charger is fetching this file; wait until it is done."))
        file = await self._database.write(lambda s: _delete(s, file_id, actor))
        if file is None:
            return False
        self.path(file).unlink(missing_ok=True)
        return True

    async def _complete(self, incoming: IncomingFile, stored_as: str, name: str | None, facts: FileFacts) -> StoredFile:
        path = self.folder / stored_as
        try:
            await incoming.finish()
            incoming.path.rename(path)
            row = self._row(incoming, stored_as, name, facts)
            return await self._database.write(lambda s: _add(s, row))
        except BaseException:
            incoming.discard()
            path.unlink(missing_ok=True)
            raise
        finally:
            self._incoming.discard(incoming)

    def _room(self, before: int) -> int:
        """Return the bytes left in the store: what is coming at this moment counts like what is there."""
        return self.limits.total_bytes - before - sum(incoming.size_bytes for incoming in self._incoming)

    def _row(self, incoming: IncomingFile, stored_as: str, name: str | None, facts: FileFacts) -> StoredFile:
        now = utc_now()
        return StoredFile(
            kind=facts.kind,
            name=safe_name(name, _default_name(facts.kind, now)),
            stored_as=stored_as,
            size_bytes=incoming.size_bytes,
            sha256=incoming.sha256,
            content=incoming.content,
            charger_id=facts.charger_id,
            operation_id=facts.operation_id,
            created_at=now,
            created_by=facts.created_by,
            expires_at=self._expiry(facts.kind, now),
        )

    def _expiry(self, kind: FileKind, now: datetime) -> datetime | None:
        """Firmware stays until somebody deletes it, and so does what came while nobody knew the time."""
        return None if kind is FileKind.FIRMWARE or not is_plausible(now) else now + self.limits.retention


def list_files(
    session: Session, kind: FileKind | None, charger_id: int | None, limit: int, before_id: int | None = None
) -> list[StoredFile]:
    """Return files, the newest first; those before ``before_id`` for the next page."""
    query = select(StoredFile).order_by(col(StoredFile.id).desc())
    if kind is not None:
        query = query.where(StoredFile.kind == kind)
    if charger_id is not None:
        query = query.where(StoredFile.charger_id == charger_id)
    if before_id is not None:
        query = query.where(col(StoredFile.id) < before_id)
    return readable_page(session, query, col(StoredFile.id), limit)


def stored_bytes(session: Session) -> int:
    """Return how many bytes all files have together."""
    return int(session.exec(select(func.coalesce(func.sum(StoredFile.size_bytes), 0))).one())


def _add(session: Session, row: StoredFile) -> StoredFile:
    kept = StoredFile(**row.model_dump(exclude={"id"}))  # a retried commit starts from a fresh row
    session.add(kept)
    session.flush()
    record(session, kept.created_by, "file.store", kept.name, f"{kept.kind}, {kept.size_bytes} bytes, {kept.sha256}")
    return kept


def _delete(session: Session, file_id: int, actor: str) -> StoredFile | None:
    file = session.get(StoredFile, file_id)
    if file is not None:
        session.delete(file)
        record(session, actor, "file.delete", file.name, f"{file.kind}, {file.sha256}")
    return file


def _default_name(kind: FileKind, now: datetime) -> str:
    return f"{kind}-{now:%Y%m%d-%H%M%S}"
