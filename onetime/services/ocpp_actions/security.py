"""The security whitepaper (edition 3): certificates, logs and signed firmware."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from onetime.services.ocpp_actions.base import AcceptanceResponse, Instant, Integer, Payload, Text, Text255, Whole

Location = Annotated[Text, Field(max_length=512, min_length=1)]
Pem = Annotated[Text, Field(max_length=5500, description="An X.509 certificate, PEM.")]
Hash = Annotated[Text, Field(max_length=128, description="Hexadecimal.")]


class CertificateSigned(Payload):
    """Use case A02: hand over the certificate a charger asked for with SignCertificate."""

    certificate_chain: Annotated[Text, Field(max_length=10_000, description="PEM, the charger's own first.")]


class CertificateSignedResponse(AcceptanceResponse):
    """Use case A02."""


class CertificateUse(StrEnum):
    """CertificateUseEnumType."""

    CENTRAL_SYSTEM_ROOT = "CentralSystemRootCertificate"
    MANUFACTURER_ROOT = "ManufacturerRootCertificate"


class HashAlgorithm(StrEnum):
    """HashAlgorithmEnumType."""

    SHA256 = "SHA256"
    SHA384 = "SHA384"
    SHA512 = "SHA512"


class CertificateHashData(Payload):
    """CertificateHashDataType: which certificate is meant."""

    hash_algorithm: HashAlgorithm
    issuer_name_hash: Hash
    issuer_key_hash: Hash
    serial_number: Annotated[Text, Field(max_length=40)]


class InstallCertificate(Payload):
    """Use case M05: add a root certificate."""

    certificate_type: CertificateUse
    certificate: Pem


class InstallCertificateStatus(StrEnum):
    """InstallCertificateStatusEnumType."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    REJECTED = "Rejected"


class InstallCertificateResponse(Payload):
    """Use case M05."""

    status: InstallCertificateStatus


class GetInstalledCertificateIds(Payload):
    """Use case M03: ask which root certificates are installed."""

    certificate_type: CertificateUse


class GetInstalledCertificateStatus(StrEnum):
    """GetInstalledCertificateStatusEnumType."""

    ACCEPTED = "Accepted"
    NOT_FOUND = "NotFound"


class GetInstalledCertificateIdsResponse(Payload):
    """Use case M03."""

    status: GetInstalledCertificateStatus
    certificate_hash_data: Annotated[list[CertificateHashData], Field(min_length=1)] | None = None


class DeleteCertificate(Payload):
    """Use case M04: remove a root certificate, by the hashes the charger reported."""

    certificate_hash_data: CertificateHashData


class DeleteCertificateStatus(StrEnum):
    """DeleteCertificateStatusEnumType."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    NOT_FOUND = "NotFound"


class DeleteCertificateResponse(Payload):
    """Use case M04."""

    status: DeleteCertificateStatus


class LogType(StrEnum):
    """LogEnumType."""

    DIAGNOSTICS = "DiagnosticsLog"
    SECURITY = "SecurityLog"


class LogParameters(Payload):
    """LogParametersType: where to, and from when to when."""

    remote_location: Location
    oldest_timestamp: Instant | None = None
    latest_timestamp: Instant | None = None


class GetLog(Payload):
    """Use case N01: upload a log. ``retry_interval`` in seconds."""

    log: LogParameters
    log_type: LogType
    request_id: Integer
    retries: Whole | None = None
    retry_interval: Whole | None = None


class LogStatus(StrEnum):
    """LogStatusEnumType. AcceptedCanceled: an upload under way was given up for this one."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    ACCEPTED_CANCELED = "AcceptedCanceled"


class GetLogResponse(Payload):
    """Use case N01."""

    status: LogStatus
    filename: Text255 | None = None


class Firmware(Payload):
    """FirmwareType. ``signature`` is base64 of the signature over the file."""

    location: Location
    retrieve_date_time: Instant
    install_date_time: Instant | None = None
    signing_certificate: Pem
    signature: Annotated[Text, Field(max_length=800)]


class SignedUpdateFirmware(Payload):
    """Use case L01: fetch and install firmware whose signature the charger checks."""

    retries: Whole | None = None
    retry_interval: Whole | None = None
    request_id: Integer
    firmware: Firmware


class SignedUpdateFirmwareStatus(StrEnum):
    """UpdateFirmwareStatusEnumType."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    ACCEPTED_CANCELED = "AcceptedCanceled"
    INVALID_CERTIFICATE = "InvalidCertificate"
    REVOKED_CERTIFICATE = "RevokedCertificate"


class SignedUpdateFirmwareResponse(Payload):
    """Use case L01."""

    status: SignedUpdateFirmwareStatus
