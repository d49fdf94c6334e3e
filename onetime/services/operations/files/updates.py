"""Follows a firmware update through what a charger says of it, what it fetches, and its boot.

Chargers skip states, repeat them, go away to install, or never report at all. The word Installed decides, and so does
a boot with another version.
"""

from datetime import datetime
from typing import Protocol

from onetime.clock import utc_now
from onetime.events import ChargerReported, FileMoved
from onetime.services.files.transfers import Transfer
from onetime.services.operations.files.news import Patience, Progress, news_of
from onetime.services.operations.run import OperationFailedError, Run
from onetime.texts import Text, _

BOOT_GRACE_S = 20.0  # for the last word after a boot with another version; many chargers never say it
UNBELIEVED_S = 300.0  # for the boot with another version, or the download, after an Installed that cannot be true
RETRY_GRACE_S = 60.0  # for a charger that tries again, beyond the pause it was told to make
DOWNLOADED = 70  # percent of the operation; the rest is the installation

_STEPS: dict[str, tuple[Text, int | None]] = {
    "downloadscheduled": (_("The charger will fetch the firmware later."), 0),
    "downloading": (_("The charger fetches the firmware."), None),
    "downloadpaused": (_("The charger has paused the download."), None),
    "downloaded": (_("The charger has fetched the firmware."), DOWNLOADED),
    "signatureverified": (_("The charger has checked the signature."), 75),
    "installscheduled": (_("The charger will install the firmware later."), 75),
    "installing": (_("The charger installs the firmware."), 80),
    "installrebooting": (_("The charger restarts to install the firmware."), 85),
}
_FAILURES: dict[str, tuple[Text, str]] = {
    "installationfailed": (_("The charger could not install the firmware."), "installation-failed"),
    "installverificationfailed": (_("The firmware did not pass the charger's check."), "installation-failed"),
    "invalidsignature": (_("The charger found the signature of the firmware wrong."), "invalid-signature"),
}
_REPORTS = ("FirmwareStatusNotification", "SignedFirmwareStatusNotification")


class Wanted(Protocol):
    """What the follower needs to know of what was asked."""

    @property
    def retrieve_at(self) -> datetime | None:
        """When the charger is to fetch it."""

    @property
    def install_at(self) -> datetime | None:
        """When the charger is to install it."""

    @property
    def retries(self) -> int | None:
        """How often it may try again."""

    @property
    def retry_interval_s(self) -> int | None:
        """Seconds between two tries."""

    @property
    def timeout_s(self) -> float:
        """Seconds without any sign."""


class DownloadFailedError(OperationFailedError):
    """The charger could not fetch the firmware; another protocol may work."""


class UpdateFollower:
    """One update. ``before`` is the version the charger had."""

    def __init__(self, run: Run, transfer: Transfer, before: str | None, wanted: Wanted) -> None:
        self._run = run
        self._transfer = transfer
        self._before = before
        self._wanted = wanted
        self._patience = Patience()
        self._progress = Progress(run, DOWNLOADED)
        self._retries = wanted.retries or 0
        self._failure: OperationFailedError | None = None
        self._new_version: str | None = None
        self._installed = False
        self._says_installed = False

    async def installed(self) -> None:
        """Return once the new firmware runs. Raises ``DownloadFailedError`` and ``OperationFailedError``."""
        self._allow()
        async for event in news_of(self._run, self._transfer, self._patience):
            if isinstance(event, FileMoved):
                self._moved(event)
            elif event.kind == "BootNotification":
                self._booted(event)
            elif event.kind in _REPORTS and self._is_ours(event):
                self._reported(event.status or "")
            if self._installed:
                return
        if self._new_version is None:
            raise self._failure or self._unfinished()

    def _allow(self) -> None:
        """Wait as long as silence may last, counted from when something is due."""
        due = max((at for at in (self._wanted.retrieve_at, self._wanted.install_at) if at), default=utc_now())
        self._patience.allow(self._wanted.timeout_s + max(0.0, (due - utc_now()).total_seconds()))

    def _is_ours(self, event: ChargerReported) -> bool:
        number = getattr(event.message, "request_id", None)
        return number in (None, self._run.operation_id)

    def _moved(self, event: FileMoved) -> None:
        self._failure = None
        self._progress.note(event)
        self._allow()

    def _booted(self, event: ChargerReported) -> None:
        version = event.message.firmware_version
        if version and version != self._before:
            self._new_version = version
            self._run.step(_("The charger has started with version {version}.", version=version), 95)
            self._patience.allow(BOOT_GRACE_S)
        else:
            self._run.step(_("The charger has restarted with the version it had."))
            self._allow()

    def _reported(self, status: str) -> None:
        key = status.casefold()
        if key == "installed":
            self._believe_installed()
        elif key in _FAILURES:
            sentence, code = _FAILURES[key]
            raise OperationFailedError(sentence, code)
        elif key == "downloadfailed":
            self._download_failed()
        elif key in _STEPS:
            self._failure = None
            self._run.step(*_STEPS[key])
            if self._new_version is None:
                self._allow()

    def _believe_installed(self) -> None:
        """Take the charger's word where it has fetched the file, or has another version (e-mobility simulator #459)."""
        file = self._transfer.file
        has_fetched = file is None or self._transfer.moved_bytes >= file.size_bytes
        if has_fetched or self._new_version is not None:
            self._installed = True
            self._run.step(_("The firmware is installed."), 100)
            return
        self._says_installed = True
        self._run.step(_("The charger says that the firmware is installed, but it has not fetched it."))
        self._patience.allow(min(self._wanted.timeout_s, UNBELIEVED_S))

    def _download_failed(self) -> None:
        failure = DownloadFailedError(_("The charger could not fetch the firmware."), "download-failed")
        if self._retries == 0:
            raise failure
        self._retries -= 1
        self._failure = failure
        self._run.step(_("The charger could not fetch the firmware; it will try again."))
        self._patience.allow((self._wanted.retry_interval_s or 0) + RETRY_GRACE_S)

    def _unfinished(self) -> OperationFailedError:
        """Say how far it came. Where nothing was fetched, another protocol may work."""
        identity, version = self._run.charger.identity, self._run.charger.firmware_version or "–"
        file = self._transfer.file
        if file is not None and self._transfer.moved_bytes >= file.size_bytes:
            msg = _(
                "{identity} has fetched the firmware, but does not say that it is installed; its version is {version}.",
                identity=identity,
                version=version,
            )
        elif self._transfer.moved_bytes:
            msg = _("{identity} has fetched only a part of the firmware.", identity=identity)
        elif self._says_installed:
            msg = _(
                "{identity} says that the firmware is installed, but it has not fetched it; its version is {version}.",
                identity=identity,
                version=version,
            )
            return OperationFailedError(msg, "not-fetched")
        else:
            msg = _("{identity} has not fetched the firmware.", identity=identity)
            return DownloadFailedError(msg, "timed-out")
        return OperationFailedError(msg, "timed-out")
