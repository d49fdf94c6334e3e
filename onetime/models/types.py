"""Column types that keep the house's rules: time is aware and in UTC."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Enum, Integer
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

from onetime.bounds import FIRST_STORED, LAST_STORED

# SQLite can only change a constraint that has a name.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# A table's rows are never validated, and what would do it takes a start a while to build.
SQLModel.model_config["defer_build"] = True


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_FIRST = (FIRST_STORED - _EPOCH) // _MICROSECOND
_LAST = (LAST_STORED - _EPOCH) // _MICROSECOND
# The ends of the calendar in the time zone farthest from UTC: what an older version let a person choose lies within.
_DAY = timedelta(days=1) // _MICROSECOND
_FIRST_CHOSEN = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND - _DAY
_LAST_CHOSEN = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND + _DAY


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant. PostgreSQL keeps ``timestamptz``; SQLite, which has no times, microseconds since 1970.

    An integer is a third of the text SQLAlchemy would write and is read five times as fast, which a month of
    minute readings and an SD card both feel.

    Raises ``ValueError`` for a naive datetime: what zone it was in can no longer be known here; and for one that no
    reader could calculate with. What an older version stored beyond that is read as the last instant before it; what no
    calendar has raises ``OverflowError``, for nothing is known of it.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of the database."""
        return dialect.type_descriptor(BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Convert to what the column keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"A time without a zone cannot be stored: {value!r}."
            raise ValueError(msg)
        if not FIRST_STORED <= value <= LAST_STORED:
            msg = f"A time so far away cannot be stored: {value!r}."
            raise ValueError(msg)
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return an aware UTC instant."""
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _EPOCH + timedelta(microseconds=_bounded(value))
        instant: datetime = value
        return instant.astimezone(UTC)


def _bounded(microseconds: int) -> int:
    """Return a stored time within what can be calculated with. Raises ``OverflowError`` for what is none."""
    if not _FIRST_CHOSEN <= microseconds <= _LAST_CHOSEN:
        msg = f"{microseconds} is no time."
        raise OverflowError(msg)
    return min(max(microseconds, _FIRST), _LAST)


def instants(stored: Iterable[Any], dialect: Dialect) -> Iterable[datetime]:
    """Return what ``UtcDateTime`` would of stored times, for very many of them: a month has millions of readings."""
    if dialect.name == "sqlite":
        return (_EPOCH + timedelta(microseconds=value) for value in stored)
    return (value.astimezone(UTC) for value in stored)


# SQLite only auto-numbers a column spelled INTEGER; PostgreSQL needs eight bytes for readings of ten years.
BigId = BigInteger().with_variant(Integer(), "sqlite")


def enum_text(members: type[StrEnum]) -> Any:
    """Return a column type that stores an enum's values as plain text, the same on both databases.

    A native PostgreSQL enum would need a migration of its own for each new member.
    """
    return Enum(members, native_enum=False, length=32, values_callable=lambda e: [m.value for m in e])
