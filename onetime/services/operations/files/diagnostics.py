"""Fetch diagnostics and logs: done when the file is here and can be opened."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from pydantic import Field, model_validator

from onetime.bounds import Instant
from onetime.events import ChargerReported, FileMoved
from onetime.models import FileKind
from onetime.services.files.transfers import FileProtocol
from onetime.services.ocpp_actions.firmware import GetDiagnostics
from onetime.services.ocpp_actions.security import GetLog, LogParameters, LogType
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run, always
from onetime.services.operations.files.uploads import Asked, UploadFailedError, UploadFollower, describe
from onetime.services.operations.files.ways import offered, wait_until_back, ways_for
from onetime.services.people.permissions import Permission
from onetime.texts import _

SILENCE_S = 600.0  # a charger may pack its logs for minutes before the first byte comes
_CLOSING_S = 24 * 3600.0  # an address is closed by its operation; this is for one that hangs

Asking = Callable[[str], Awaitable[Asked]]


class FetchParameters(OperationParameters):
    """What both ways of fetching have in common."""

    start: Instant | None = Field(default=None, description="First instant the file should tell of, RFC 3339.")
    stop: Instant | None = Field(default=None, description="Last instant the file should tell of, RFC 3339.")
    retries: int | None = Field(default=None, ge=0, le=10, description="How often the charger tries again.")
    retry_interval_s: int | None = Field(default=None, ge=0, le=3600)
    protocol: FileProtocol | None = Field(default=None, description="Without it what the charger knows is found out.")
    timeout_s: float = Field(default=SILENCE_S, gt=0, le=7200, description="Seconds without any sign of the upload.")

    @model_validator(mode="after")
    def _in_order(self) -> "FetchParameters":
        if self.start is not None and self.stop is not None and self.stop <= self.start:
            raise ValueError("stop must be later than start")
        return self


class FetchDiagnosticsParameters(FetchParameters):
    """Fetch a charger's diagnostics. Done when the file has arrived; `result.file_id` is its number under /files.

    Where the charger cannot upload by one protocol, the next one it may know is tried.
    """


class FetchLogParameters(FetchParameters):
    """Fetch a log of a charger with the security extension. Done when the file has arrived.

    A charger that is asked again gives up the upload before (AcceptedCanceled).
    """

    log_type: LogType


async def fetch_diagnostics(run: Run, wanted: FetchDiagnosticsParameters) -> dict[str, Any]:
    """Send GetDiagnostics and wait for the file (section 5.9; cases 045_1 and 045_2)."""
    return await _fetch(run, wanted, FileKind.DIAGNOSTICS, partial(_ask_diagnostics, run, wanted))


async def fetch_log(run: Run, wanted: FetchLogParameters) -> dict[str, Any]:
    """Send GetLog and wait for the file (security whitepaper, use case N01; case 079)."""
    return await _fetch(run, wanted, FileKind.LOG, partial(_ask_log, run, wanted))


async def _fetch(run: Run, wanted: FetchParameters, kind: FileKind, ask: Asking) -> dict[str, Any]:
    ways = await ways_for(run, wanted.protocol)
    while True:
        protocol = ways.pop(0)
        async with offered(run, protocol, _CLOSING_S, kind) as (transfer, location):
            run.step(_("The charger is asked to upload by {protocol}.", protocol=protocol.value.upper()), 0)
            run.forget()
            asked = await ask(location)
            try:
                files = await UploadFollower(run, transfer, asked, wanted.timeout_s).files()
            except UploadFailedError as error:
                if not ways:
                    raise
                run.step(_("{problem} Another way is tried.", problem=error.sentence))
            else:
                return describe(files, transfer)
        await wait_until_back(run, wanted.timeout_s)


async def _ask_diagnostics(run: Run, wanted: FetchParameters, location: str) -> Asked:
    answer = await run.send(
        GetDiagnostics(
            location=location,
            retries=wanted.retries,
            retry_interval=wanted.retry_interval_s,
            start_time=wanted.start,
            stop_time=wanted.stop,
        )
    )
    name = str(answer.get("fileName") or "")
    if name:
        run.step(_("The charger will upload {name}.", name=name[:100]))
    else:
        run.step(_("The charger names no file."))  # nothing to upload (section 6.26), but not with every charger
    return Asked(bool(name), _diagnostics_status)


async def _ask_log(run: Run, wanted: FetchLogParameters, location: str) -> Asked:
    request_id = run.operation_id
    answer = await run.send(
        GetLog(
            log=LogParameters(remote_location=location, oldest_timestamp=wanted.start, latest_timestamp=wanted.stop),
            log_type=wanted.log_type,
            request_id=request_id,
            retries=wanted.retries,
            retry_interval=wanted.retry_interval_s,
        )
    )
    status = str(answer.get("status", ""))
    if status == "AcceptedCanceled":
        run.step(_("The charger gave up an earlier upload for this one."))
    elif status != "Accepted":
        msg = _("{identity} answered “{status}”.", identity=run.charger.identity, status=status or "nothing")
        raise OperationFailedError(msg, "rejected")
    return Asked(True, partial(_log_status, request_id=request_id))


def _diagnostics_status(event: ChargerReported) -> str | None:
    return event.status if event.kind == "DiagnosticsStatusNotification" else None


def _log_status(event: ChargerReported, request_id: int) -> str | None:
    """Return the status of our request; one without a number counts as ours (only after a trigger may it lack)."""
    if event.kind != "LogStatusNotification" or event.message.request_id not in (None, request_id):
        return None
    return event.status


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "fetch_diagnostics",
        FetchDiagnosticsParameters,
        Permission.MANAGE_FILES,
        fetch_diagnostics,
        always("upload"),
        (FileMoved,),
    ),
    Operation("fetch_log", FetchLogParameters, Permission.MANAGE_FILES, fetch_log, always("upload"), (FileMoved,)),
)
