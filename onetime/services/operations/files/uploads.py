"""Waits for a file a charger was asked to leave: done when the file is here, whatever the charger says of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from onetime.events import ChargerReported, FileMoved
from onetime.models import StoredFile
from onetime.services.files.transfers import Transfer
from onetime.services.operations.files.news import Patience, Progress, news_of
from onetime.services.operations.run import OperationFailedError, Run
from onetime.texts import _

REPORT_GRACE_S = 10.0  # for the charger's own word after the file is here; some never give it
NOTHING_GRACE_S = 5.0  # for a charger that names no file, and uploads one all the same
FILE_GRACE_S = 30.0  # for the file after the charger says that it has left it

_FAILURES = {
    "uploadfailed": _("could not upload its file"),
    "uploadfailure": _("could not upload its file"),
    "badmessage": _("did not understand where to upload to"),
    "notsupportedoperation": _("does not know this way of uploading"),
    "permissiondenied": _("was not let in where it should upload to"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a charger answered: whether it names a file it will upload, and how its reports on it are recognised."""

    names_file: bool
    status_of: Callable[[ChargerReported], str | None]


class UploadFailedError(OperationFailedError):
    """The charger could not upload, or sent nothing; another protocol may work."""


class UploadFollower:
    """One upload."""

    def __init__(self, run: Run, transfer: Transfer, asked: Asked, silence_s: float) -> None:
        self._run = run
        self._transfer = transfer
        self._asked = asked
        self._silence_s = silence_s
        self._patience = Patience()
        self._progress = Progress(run, 100)
        self._begun = asked.names_file
        self._says_uploaded = False
        self._problem: str | None = None

    async def files(self) -> list[StoredFile]:
        """Return what the charger has left, once it is here.

        Raises ``UploadFailedError``, and ``OperationFailedError`` when nothing comes.
        """
        self._patience.allow(self._silence_s if self._asked.names_file else NOTHING_GRACE_S)
        async for event in news_of(self._run, self._transfer, self._patience):
            if isinstance(event, FileMoved):
                self._moved(event)
            elif (status := self._asked.status_of(event)) is not None:
                self._reported(status)
            if self._says_uploaded and self._transfer.arrived and self._transfer.connections == 0:
                break
        if not self._transfer.arrived:
            raise self._nothing_came()
        return list(self._transfer.arrived)

    def _moved(self, event: FileMoved) -> None:
        self._begun = True
        if event.arrived_file_id is not None:
            self._run.step(_("A file of {kilobytes} kB has come.", kilobytes=max(1, event.moved_bytes // 1000)), 90)
            self._patience.allow(REPORT_GRACE_S)
        elif event.problem is not None:
            self._problem = event.problem
            self._run.step(_("The upload failed: {problem}", problem=event.problem))
            self._patience.allow(FILE_GRACE_S if self._says_uploaded else self._silence_s)
        else:
            self._progress.note(event)
            self._patience.allow(self._silence_s)

    def _reported(self, status: str) -> None:
        key = status.casefold()
        self._begun = self._begun or key != "idle"
        if key == "uploaded":
            self._says_uploaded = True
            self._run.step(_("The charger says that the file is uploaded."))
            self._patience.allow(self._silence_s if self._transfer.connections else FILE_GRACE_S)
        elif key in _FAILURES:
            if self._transfer.arrived:
                self._run.step(_("The charger says that the upload failed, but the file is here."))
                self._says_uploaded = True
                return
            msg = _("{identity} {failed}.", identity=self._run.charger.identity, failed=_FAILURES[key])
            if self._problem is not None:
                msg = _("The upload failed: {problem}", problem=self._problem)
            raise UploadFailedError(msg, "upload-failed")
        elif key == "uploading":
            self._run.step(_("The charger uploads."), 10)
            self._patience.allow(self._silence_s)

    def _nothing_came(self) -> OperationFailedError:
        identity = self._run.charger.identity
        if self._problem is not None:
            return UploadFailedError(_("The upload failed: {problem}", problem=self._problem), "upload-failed")
        if self._says_uploaded:
            msg = _("{identity} says that it has uploaded the file, but nothing has come.", identity=identity)
            return UploadFailedError(msg, "no-file")
        if not self._begun:
            return OperationFailedError(_("{identity} has nothing to upload.", identity=identity), "nothing-to-upload")
        msg = _("{identity} has not uploaded anything.", identity=identity)
        return UploadFailedError(msg, "timed-out")


def describe(files: list[StoredFile], transfer: Transfer) -> dict[str, Any]:
    """Return what has come as JSON; sizes in bytes."""
    first = files[0]
    return {
        "file_id": first.id,
        "name": first.name,
        "size_bytes": first.size_bytes,
        "sha256": first.sha256,
        "content": first.content.value,
        "protocol": transfer.protocol.value,
        "file_ids": [file.id for file in files],
    }
