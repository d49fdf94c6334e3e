"""What all messages to a charger have in common: camelCase on the wire, nothing beyond the specification.

Models here are what OCPP 1.6 edition 2 (and the security whitepaper, edition 3) names, with the limits it names; a
test holds them against the official JSON schemas.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel

from onetime import bounds


class Payload(BaseModel):
    """A payload of a message. Fields are snake_case in Python and camelCase in JSON."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
    )

    def wire(self) -> dict[str, Any]:
        """Return the payload as it is sent: camelCase, times as text, what was left out left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Acceptance(StrEnum):
    """The two answers most actions have."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"


class AcceptanceResponse(Payload):
    """An answer that says yes or no."""

    status: Acceptance


def wire_time(instant: datetime) -> str:
    """Return an instant as chargers want it: UTC with milliseconds and Z (lbbrhzn #512, evcc #31191)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def _with_one_decimal(value: float) -> float:
    if round(value, 1) != value:
        msg = "at most one digit after the decimal point (OCPP 1.6 edition 2, section 7.14)"
        raise ValueError(msg)
    return value


Instant = Annotated[
    bounds.Instant,
    PlainSerializer(wire_time, return_type=str, when_used="json"),
    Field(description="RFC 3339 with a zone, such as 2026-10-05T18:00:00Z."),
]
Text = bounds.Text
Text20 = Annotated[bounds.Text, Field(max_length=20)]
Text50 = Annotated[bounds.Text, Field(max_length=50)]
Text255 = Annotated[bounds.Text, Field(max_length=255)]
Text500 = Annotated[bounds.Text, Field(max_length=500)]
IdTag = Annotated[bounds.Text, Field(min_length=1, max_length=20, description="A card, in any case (CiString20).")]
Url = Annotated[bounds.Text, Field(json_schema_extra={"format": "uri"}, pattern=r"^[A-Za-z][A-Za-z0-9+.\-]*:\S+$")]
Tenths = Annotated[
    float,
    Field(allow_inf_nan=False, ge=0, le=bounds.LARGEST_INTEGER, json_schema_extra={"multipleOf": 0.1}),
    AfterValidator(_with_one_decimal),
]
Integer = bounds.Integer
Whole = bounds.Whole
Connector = Annotated[Whole, Field(ge=1, description="A connector, from 1.")]
ConnectorOrAll = Annotated[Whole, Field(description="A connector, or 0 for the charger as a whole.")]
MOST_ITEMS = bounds.MOST_ITEMS
