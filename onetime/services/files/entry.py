"""Firmware and diagnostics, as the rest of the house reaches them."""

from functools import partial

from sqlmodel import Session

from onetime.services.files.keeping import keep_files, sweep
from onetime.services.files.store import FileStore, Limits
from onetime.services.files.transfers import TransferDesk
from onetime.services.foundation import Foundation, Subject
from onetime.texts import _


class FileServices(Subject):
    """What is stored, and the ways chargers fetch and leave it."""

    def __init__(self, base: Foundation) -> None:
        self._base = base
        self.store = FileStore(base.database, base.settings.data_dir / "files", Limits.of(base.settings))
        self.transfers = TransferDesk(self.store, base.bus, base.settings.http_port)

    def restore(self, session: Session) -> None:
        """Remove what a power cut left half written."""
        with self._base.unreadable.look("files") as tell:
            sweep(session, self.store, tell)

    async def start(self) -> None:
        """Delete files when their time is over."""
        tidy = partial(keep_files, self._base.database, self.store, self._base.aging, self._base.unreadable)
        self._base.background.keep(_("deleting old files"), tidy)
