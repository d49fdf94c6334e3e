"""Errors as one sentence: what is wrong and what to do."""

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from onetime.cli.command_error import CommandLineError
from onetime.frontend.nodejs import FrontendError
from onetime.services.billing.months import MonthError
from onetime.services.cards.holders import CardError
from onetime.services.chargers.life import UnknownChargerError
from onetime.services.commissioning.enrolment import IdentityError
from onetime.services.commissioning.window import CommissioningError
from onetime.services.people.passwords import WeakPasswordError
from onetime.services.people.users import AccountError
from onetime.services.security.errors import AuthorityError, ServerCertificateError, WeakKeyError
from onetime.store.data_lock import DataFolderInUseError
from onetime.store.group_commit import describe
from onetime.store.migrations import NewerDatabaseError
from onetime.store.unreadable import UnreadableRowError

_SPEAKING = (
    CommandLineError,
    AccountError,
    AuthorityError,
    CardError,
    CommissioningError,
    DataFolderInUseError,
    FrontendError,
    IdentityError,
    MonthError,
    NewerDatabaseError,
    ServerCertificateError,
    UnknownChargerError,
    UnreadableRowError,
    WeakKeyError,
    WeakPasswordError,
)


def sentence_of(error: Exception) -> str | None:
    """Return the sentence to show for an error, or None for one nobody expected."""
    if isinstance(error, _SPEAKING):
        return str(error)
    if isinstance(error, ValidationError):
        return _wrong_settings(error)
    if isinstance(error, OperationalError):
        return str(describe(error))
    if isinstance(error, PermissionError):
        return f"{error.filename} cannot be written to; check who owns it."
    if isinstance(error, OSError):
        return f"{error.strerror or error}: {error.filename}" if error.filename else str(error)
    return None


def _wrong_settings(error: ValidationError) -> str:
    sentences = []
    for each in error.errors():
        name = "_".join(str(part) for part in each["loc"]).upper()
        sentence = each["msg"].removeprefix("Value error, ")  # not the value: a password
        sentences.append(f"ONETIME_{name}: {sentence}" if name else sentence)
    return "; ".join(sentences)
