"""The tables, by subject. Import them from here so that every table is known before a migration is compared."""

from onetime.models.audit import AuditEntry
from onetime.models.billing import ClosedConnector, ClosedMonth
from onetime.models.charger import Charger, Connector, ConnectorStatus, Registration
from onetime.models.message import ChargerMessage, Direction
from onetime.models.metering import MeterReading
from onetime.models.people import ApiToken, Card, CardStatus, LoginSession, Role, Tenant, User
from onetime.models.site import Site
from onetime.models.transaction import ReviewItem, ReviewState, Transaction, TransactionCorrection, TransactionState

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Card",
    "CardStatus",
    "Charger",
    "ChargerMessage",
    "ClosedConnector",
    "ClosedMonth",
    "Connector",
    "ConnectorStatus",
    "Direction",
    "LoginSession",
    "MeterReading",
    "Registration",
    "ReviewItem",
    "ReviewState",
    "Role",
    "Site",
    "Tenant",
    "Transaction",
    "TransactionCorrection",
    "TransactionState",
    "User",
]
