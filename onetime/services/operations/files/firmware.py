"""Update a charger's firmware: done when the charger says so, or boots with another version."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, field_validator, model_validator

from onetime.bounds import Instant, RowId
from onetime.clock import utc_now
from onetime.events import FileMoved
from onetime.models import FileKind, StoredFile
from onetime.services.files.transfers import FileProtocol
from onetime.services.ocpp_actions.base import Payload
from onetime.services.ocpp_actions.firmware import UpdateFirmware
from onetime.services.ocpp_actions.security import Firmware, SignedUpdateFirmware
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run, always
from onetime.services.operations.files.updates import DownloadFailedError, UpdateFollower
from onetime.services.operations.files.ways import offered, wait_until_back, ways_for
from onetime.services.people.permissions import Permission
from onetime.services.security.certificates.check import readable_pem
from onetime.texts import Text, _

SILENCE_S = 1_800.0  # an installation of half an hour without a word has been seen with slow chargers
_CLOSING_S = 7 * 24 * 3600.0  # an address is closed by its operation; this is for one that hangs
LATEST = timedelta(days=7)

_REFUSALS: dict[str, Text] = {
    "InvalidCertificate": _("The charger does not accept the certificate the firmware is signed with."),
    "RevokedCertificate": _("The certificate the firmware is signed with has been revoked."),
    "Rejected": _("The charger refuses the update."),
}


class UpdateFirmwareParameters(OperationParameters):
    """Update the firmware from a file stored under /files. Done when the charger has installed it.

    With `signing_certificate` and `signature` the charger checks the file (SignedUpdateFirmware, security extension).
    """

    file_id: RowId = Field(description="A file of the kind firmware.")
    retrieve_at: Instant | None = Field(default=None, description="When to fetch it, RFC 3339; else now.")
    install_at: Instant | None = Field(default=None, description="When to install it; only with a signature.")
    retries: int | None = Field(default=None, ge=0, le=10, description="How often the charger tries to fetch it again.")
    retry_interval_s: int | None = Field(default=None, ge=0, le=3600)
    signed: bool = Field(default=False, description="Let the charger check it; needs certificate and signature.")
    signing_certificate: Annotated[str, Field(max_length=5500)] | None = Field(default=None, description="PEM.")
    signature: Annotated[str, Field(max_length=800)] | None = Field(default=None, description="Base64.")
    protocol: FileProtocol | None = Field(default=None, description="Without it what the charger knows is found out.")
    timeout_s: float = Field(default=SILENCE_S, gt=0, le=24 * 3600, description="Seconds without any sign of it.")

    @field_validator("signing_certificate")
    @classmethod
    def _readable(cls, pem: str | None) -> str | None:
        return None if pem is None else readable_pem(pem)

    @model_validator(mode="after")
    def _complete(self) -> "UpdateFirmwareParameters":
        if (self.signature is None) != (self.signing_certificate is None):
            raise ValueError("signature and signing_certificate belong together")
        if self.signed and self.signature is None:
            raise ValueError("a signed update needs signing_certificate and signature")
        if self.install_at is not None and self.signature is None:
            raise ValueError("install_at needs a signature: UpdateFirmware knows no time for the installation")
        if any(at is not None and at > utc_now() + LATEST for at in (self.retrieve_at, self.install_at)):
            raise ValueError("an update lies at most 7 days ahead")
        return self


async def update_firmware(run: Run, wanted: UpdateFirmwareParameters) -> dict[str, Any]:
    """Send (Signed)UpdateFirmware and follow it (section 5.19; whitepaper, use case L01; cases 044, 080, 081)."""
    file = await run.tools.files.find(wanted.file_id)
    if file is None or file.kind is not FileKind.FIRMWARE:
        raise OperationFailedError(_("There is no firmware with the number {id}.", id=wanted.file_id), "no-such-file")
    before = run.charger.firmware_version
    ways = await ways_for(run, wanted.protocol)
    while True:
        protocol = ways.pop(0)
        async with offered(run, protocol, _CLOSING_S, file) as (transfer, location):
            run.step(
                _("The charger is asked to fetch {name} by {protocol}.", name=file.name, protocol=protocol.upper())
            )
            run.forget()
            await _ask(run, wanted, location)
            follower = UpdateFollower(run, transfer, before, wanted)
            try:
                await follower.installed()
            except DownloadFailedError as error:
                if not ways or transfer.moved_bytes:
                    raise
                run.step(_("{problem} Another way is tried.", problem=error.sentence))
            else:
                return _result(run, file, before, protocol)
        await wait_until_back(run, wanted.timeout_s)


async def _ask(run: Run, wanted: UpdateFirmwareParameters, location: str) -> None:
    answer = await run.send(_request(run, wanted, location))
    status = str(answer.get("status", "Accepted"))
    if status == "AcceptedCanceled":
        run.step(_("The charger gave up an earlier update for this one."))
    elif status != "Accepted":
        msg = _REFUSALS.get(status) or _(
            "{identity} answered “{status}”.", identity=run.charger.identity, status=status
        )
        raise OperationFailedError(msg, "rejected" if status == "Rejected" else status.casefold())


def _request(run: Run, wanted: UpdateFirmwareParameters, location: str) -> Payload:
    at = wanted.retrieve_at or _now_for(run)
    if wanted.signature is None or wanted.signing_certificate is None:
        return UpdateFirmware(
            location=location, retrieve_date=at, retries=wanted.retries, retry_interval=wanted.retry_interval_s
        )
    firmware = Firmware(
        location=location,
        retrieve_date_time=at,
        install_date_time=wanted.install_at,
        signing_certificate=wanted.signing_certificate,
        signature=wanted.signature,
    )
    return SignedUpdateFirmware(
        request_id=run.operation_id, firmware=firmware, retries=wanted.retries, retry_interval=wanted.retry_interval_s
    )


def _now_for(run: Run) -> datetime:
    """Return the present as the charger's clock shows it where that is behind: it would wait for ours."""
    return utc_now() + timedelta(seconds=min(0, run.charger.clock_offset_s or 0))


def _result(run: Run, file: StoredFile, before: str | None, protocol: FileProtocol) -> dict[str, Any]:
    return {
        "file_id": file.id,
        "name": file.name,
        "firmware_version": run.charger.firmware_version,
        "firmware_version_before": before,
        "protocol": protocol.value,
    }


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "update_firmware",
        UpdateFirmwareParameters,
        Permission.MANAGE_FILES,
        update_firmware,
        always("firmware"),
        (FileMoved,),
    ),
)
