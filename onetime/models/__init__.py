"""The tables, by subject. Import them from here so that every table is known before a migration is compared."""

from onetime.models.audit import AuditEntry
from onetime.models.charger import Charger, Connector, ConnectorStatus, Registration
from onetime.models.message import ChargerMessage, Direction
from onetime.models.metering import MeterReading
from onetime.models.people import ApiToken, Card, CardStatus, LoginSession, Role, Tenant, User
from onetime.models.site import Site
from onetime.models.transaction import ReviewItem, Transaction, TransactionState

__all__ = [
    "ApiToken",
    "AuditEntry",
    "Card",
    "CardStatus",
    "Charger",
    "ChargerMessage",
    "Connector",
    "ConnectorStatus",
    "Direction",
    "LoginSession",
    "MeterReading",
    "Registration",
    "ReviewItem",
    "Role",
    "Site",
    "Tenant",
    "Transaction",
    "TransactionState",
    "User",
]
