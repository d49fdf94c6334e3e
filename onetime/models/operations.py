"""What operators asked of a charger, step by step, and how it ended."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from onetime.clock import utc_now
from onetime.models.types import UtcDateTime, enum_text


class OperationState(StrEnum):
    """Whether an operation still follows what it began."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class OperationRecord(SQLModel, table=True):
    """One operation. ``actor`` is a login name, or ``api:NAME`` for a token.

    ``steps`` are ``{"at": RFC 3339, "text": sentence}``, and the sentence, like ``problem``, keeps what it takes to say
    it in another language (see ``onetime.services.operations.words``). ``progress`` is a percentage where one is known.
    """

    __tablename__ = "operation"
    __table_args__ = (Index("ix_operation_charger", "charger_id", "id"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    charger_id: int = Field(foreign_key="charger.id")
    name: str
    parameters: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    actor: str
    state: OperationState = Field(default=OperationState.RUNNING, sa_type=enum_text(OperationState), index=True)
    started_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    progress: int | None = None
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON)
    result: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    problem: dict[str, Any] | None = Field(default=None, sa_type=sa.JSON)
    code: str | None = Field(default=None, description="What kind of problem it was, such as charger-offline.")
    error_code: str | None = Field(default=None, description="OCPP's own code, where the charger sent a CALLERROR.")
