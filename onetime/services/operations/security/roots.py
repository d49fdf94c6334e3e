"""The certificates a charger trusts: install, list and delete them (security whitepaper, use cases M03 to M05)."""

import asyncio
from typing import Any, Literal

from pydantic import Field, field_validator

from onetime.services.ocpp_actions.security import (
    CertificateHashData,
    CertificateUse,
    DeleteCertificate,
    GetInstalledCertificateIds,
    HashAlgorithm,
    InstallCertificate,
)
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run, always
from onetime.services.people.permissions import Permission
from onetime.services.security.certificates.check import readable_pem, serial_text
from onetime.services.security.errors import AuthorityError
from onetime.texts import _

_USES = {"central_system": CertificateUse.CENTRAL_SYSTEM_ROOT, "manufacturer": CertificateUse.MANUFACTURER_ROOT}


class InstallParameters(OperationParameters):
    """Install a root certificate in a charger: this house's own, unless another is given."""

    certificate: str | None = Field(default=None, max_length=5500, description="PEM; this house's ca.pem by default.")
    use: Literal["central_system", "manufacturer"] = Field(
        default="central_system", description="What it is for: this house's certificate, or signed firmware."
    )

    @field_validator("certificate")
    @classmethod
    def _readable(cls, pem: str | None) -> str | None:
        return None if pem is None else readable_pem(pem)


class ListParameters(OperationParameters):
    """List the root certificates a charger has installed, for one use or for both."""

    use: Literal["central_system", "manufacturer"] | None = Field(
        default=None, description="This house's certificate, or signed firmware; without it both."
    )


class DeleteParameters(OperationParameters):
    """Delete a root certificate from a charger, by the hashes the charger reported for it."""

    hash_algorithm: Literal["SHA256", "SHA384", "SHA512"]
    issuer_name_hash: str = Field(max_length=128)
    issuer_key_hash: str = Field(max_length=128)
    serial_number: str = Field(max_length=40)


async def install_certificate(run: Run, wanted: InstallParameters) -> dict[str, Any]:
    """Send InstallCertificate (case 075)."""
    if wanted.certificate is None:
        request = await own_root(run)
    else:
        request = InstallCertificate(certificate_type=_USES[wanted.use], certificate=wanted.certificate)
    _expect(run, await run.send(request))
    run.step(_("{identity} has installed the certificate.", identity=run.charger.identity), 100)
    return {"status": "Accepted"}


async def own_root(run: Run) -> InstallCertificate:
    """Return the request that makes a charger trust this house. Raises ``OperationFailedError``."""
    try:
        pem = await asyncio.to_thread(run.tools.authority.root_pem)
    except (AuthorityError, OSError) as error:
        raise OperationFailedError(str(error), "authority") from error
    return InstallCertificate(certificate_type=CertificateUse.CENTRAL_SYSTEM_ROOT, certificate=pem)


async def list_certificates(run: Run, wanted: ListParameters) -> dict[str, Any]:
    """Send GetInstalledCertificateIds for a use, or for both (cases 075); NotFound means that there is none."""
    found: list[dict[str, Any]] = []
    for use, kind in _USES.items():
        if wanted.use not in (None, use):
            continue
        answer = await run.send(GetInstalledCertificateIds(certificate_type=kind))
        entries = answer.get("certificateHashData")
        known = entries if isinstance(entries, list) else []
        found.extend({"use": use, **_readable(entry)} for entry in known if isinstance(entry, dict))
    return {"certificates": found}


async def delete_certificate(run: Run, wanted: DeleteParameters) -> dict[str, Any]:
    """Send DeleteCertificate with the hashes as they were reported (case 076)."""
    await _refuse_what_it_needs(run, wanted)
    which = CertificateHashData(
        hash_algorithm=HashAlgorithm(wanted.hash_algorithm),
        issuer_name_hash=wanted.issuer_name_hash,
        issuer_key_hash=wanted.issuer_key_hash,
        serial_number=wanted.serial_number,
    )
    _expect(run, await run.send(DeleteCertificate(certificate_hash_data=which)))
    run.step(_("{identity} has deleted the certificate.", identity=run.charger.identity), 100)
    return {"status": "Accepted"}


async def _refuse_what_it_needs(run: Run, wanted: DeleteParameters) -> None:
    """Keep the root a charger needs to come back. Raises ``OperationFailedError``."""
    tools = run.tools
    if tools.logins.facts(run.charger.id).profile < 2 or not tools.server_certificates.is_own:
        return
    root = await asyncio.to_thread(tools.authority.root)
    if wanted.serial_number.strip().lower().lstrip("0") == serial_text(root.serial_number):
        msg = _("{identity} needs this certificate to come back; it stays.", identity=run.charger.identity)
        raise OperationFailedError(msg, "needed")


def _expect(run: Run, answer: dict[str, Any]) -> None:
    status = str(answer.get("status", ""))
    if status != "Accepted":
        msg = _("{identity} answered “{status}”.", identity=run.charger.identity, status=status or "nothing")
        raise OperationFailedError(msg, "rejected")


def _readable(entry: dict[str, Any]) -> dict[str, Any]:
    names = {
        "hashAlgorithm": "hash_algorithm",
        "issuerNameHash": "issuer_name_hash",
        "issuerKeyHash": "issuer_key_hash",
        "serialNumber": "serial_number",
    }
    return {ours: entry.get(theirs) for theirs, ours in names.items()}


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "install_certificate", InstallParameters, Permission.SECURE_CHARGER, install_certificate, always("security")
    ),
    Operation("list_certificates", ListParameters, Permission.SECURE_CHARGER, list_certificates),
    Operation(
        "delete_certificate", DeleteParameters, Permission.SECURE_CHARGER, delete_certificate, always("security")
    ),
)
