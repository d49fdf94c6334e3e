"""The tables, by subject. Import them from here so that every table is known before a migration is compared."""

from onetime.models.audit import AuditEntry
from onetime.models.charger import Charger, Connector, ConnectorStatus, Registration
from onetime.models.file import FileContent, FileKind, StoredFile
from onetime.models.message import ChargerMessage, Direction
from onetime.models.metering import MeterReading
from onetime.models.operation import OperationRecord, OperationState
from onetime.models.people import ApiToken, Card, CardStatus, LoginSession, Role, Tenant, User
from onetime.models.security import (
    CertificateState,
    ChargerCertificate,
    ChargerPassword,
    ChargerSecurity,
    PasswordState,
    SecurityEvent,
)
from onetime.models.site import Site
from onetime.models.told import LocalList, Reservation, ReservationState, StoredProfile
from onetime.models.transaction import ReviewItem, ReviewState, Transaction, TransactionCorrection, TransactionState

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Card",
    "CardStatus",
    "CertificateState",
    "Charger",
    "ChargerCertificate",
    "ChargerMessage",
    "ChargerPassword",
    "ChargerSecurity",
    "Connector",
    "ConnectorStatus",
    "Direction",
    "FileContent",
    "FileKind",
    "LocalList",
    "LoginSession",
    "MeterReading",
    "OperationRecord",
    "OperationState",
    "PasswordState",
    "Registration",
    "Reservation",
    "ReservationState",
    "ReviewItem",
    "ReviewState",
    "Role",
    "SecurityEvent",
    "Site",
    "StoredFile",
    "StoredProfile",
    "Tenant",
    "Transaction",
    "TransactionCorrection",
    "TransactionState",
    "User",
]
