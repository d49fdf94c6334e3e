"""The tables, by subject. Import them from here so that every table is known before a migration is compared."""

from onetime.models.audit import AuditEntry
from onetime.models.billing import ClosedConnector, ClosedMonth
from onetime.models.chargers import Charger, Connector, ConnectorStatus, Registration, believable_power_w
from onetime.models.files import FileContent, FileKind, StoredFile
from onetime.models.message_log import Direction, LoggedMessage, MessageBlock
from onetime.models.operations import OperationRecord, OperationState
from onetime.models.people import (
    ApiToken,
    Card,
    CardPastHolder,
    CardStatus,
    LoginDevice,
    LoginSession,
    Role,
    Tenant,
    User,
)
from onetime.models.readings import OUTSIDE_SESSIONS, MeterReading
from onetime.models.repairs import SoftRepair
from onetime.models.security import (
    CertificateState,
    ChargerCertificate,
    ChargerPassword,
    ChargerSecurity,
    PasswordState,
    SecurityEvent,
)
from onetime.models.sessions import ReviewItem, ReviewState, Transaction, TransactionCorrection, TransactionState
from onetime.models.site import Commissioning, HouseClock, Site
from onetime.models.told import ChosenSetting, LocalList, Reservation, ReservationState, StoredProfile

__all__ = [
    "OUTSIDE_SESSIONS",
    "ApiToken",
    "AuditEntry",
    "Card",
    "CardPastHolder",
    "CardStatus",
    "CertificateState",
    "Charger",
    "ChargerCertificate",
    "ChargerPassword",
    "ChargerSecurity",
    "ChosenSetting",
    "ClosedConnector",
    "ClosedMonth",
    "Commissioning",
    "Connector",
    "ConnectorStatus",
    "Direction",
    "FileContent",
    "FileKind",
    "HouseClock",
    "LocalList",
    "LoggedMessage",
    "LoginDevice",
    "LoginSession",
    "MessageBlock",
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
    "SoftRepair",
    "StoredFile",
    "StoredProfile",
    "Tenant",
    "Transaction",
    "TransactionCorrection",
    "TransactionState",
    "User",
    "believable_power_w",
]
