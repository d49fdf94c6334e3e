"""Lists in pages: ``items`` and the address of the ``next`` page, null on the last one."""

from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query, Request
from pydantic import AwareDatetime, BaseModel, PlainSerializer

from onetime import bounds

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=10_000, description="Most items on one page.")]


def rfc3339(instant: datetime) -> str:
    """Return an instant as RFC 3339 in UTC, with Z."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


_Written = PlainSerializer(rfc3339, return_type=str, when_used="json")
Instant = Annotated[AwareDatetime, _Written]  # as it is answered
GivenInstant = Annotated[bounds.Instant, _Written]  # as it is asked for


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = None


def next_page(request: Request, cursor: str) -> str:
    """Return the address of the page that follows ``cursor``."""
    return str(request.url.include_query_params(cursor=cursor))
