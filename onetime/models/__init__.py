"""The tables, by subject. Import them from here so that every table is known before a migration is compared."""

from onetime.models.audit import AuditEntry
from onetime.models.charger import Charger, Connector, ConnectorStatus, Registration
from onetime.models.message import Direction, LoggedMessage, MessageBlock
from onetime.models.metering import OUTSIDE_SESSIONS, MeterReading
from onetime.models.people import ApiToken, Card, CardStatus, LoginSession, Role, Tenant, User
from onetime.models.repair import SoftRepair
from onetime.models.site import Site
from onetime.models.transaction import ReviewItem, ReviewState, Transaction, TransactionCorrection, TransactionState

__all__ = [
    "OUTSIDE_SESSIONS",
    "ApiToken",
    "AuditEntry",
    "Card",
    "CardStatus",
    "Charger",
    "Connector",
    "ConnectorStatus",
    "Direction",
    "LoggedMessage",
    "LoginSession",
    "MessageBlock",
    "MeterReading",
    "Registration",
    "ReviewItem",
    "ReviewState",
    "Role",
    "Site",
    "SoftRepair",
    "Tenant",
    "Transaction",
    "TransactionCorrection",
    "TransactionState",
    "User",
]
