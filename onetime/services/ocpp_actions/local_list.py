"""Local Auth List Management profile: the cards a charger knows without asking."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from onetime.services.ocpp_actions.base import MOST_ITEMS, IdTag, Instant, Integer, Payload, Text20, Whole


class AuthorizationStatus(StrEnum):
    """Section 7.2: what a card may."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    EXPIRED = "Expired"
    INVALID = "Invalid"
    CONCURRENT_TX = "ConcurrentTx"


class IdTagInfo(Payload):
    """Section 7.27: what a charger is told of a card."""

    expiry_date: Instant | None = None
    parent_id_tag: Text20 | None = None
    status: AuthorizationStatus


class AuthorizationData(Payload):
    """Section 7.1: one card of the list. Without its info a differential update deletes it."""

    id_tag: IdTag
    id_tag_info: IdTagInfo | None = None


class UpdateType(StrEnum):
    """Section 7.48."""

    DIFFERENTIAL = "Differential"
    FULL = "Full"


class UpdateStatus(StrEnum):
    """Section 7.47."""

    ACCEPTED = "Accepted"
    FAILED = "Failed"
    NOT_SUPPORTED = "NotSupported"
    VERSION_MISMATCH = "VersionMismatch"


class GetLocalListVersion(Payload):
    """Section 6.27: ask which version of the list the charger has."""


class GetLocalListVersionResponse(Payload):
    """Section 6.28. 0 stands for an empty list, -1 for a charger without lists."""

    list_version: Integer


class SendLocalList(Payload):
    """Section 6.41: replace the list, or change some of its cards. A full update without cards empties it."""

    list_version: Annotated[Whole, Field(ge=1, description="The version the list has after the update.")]
    local_authorization_list: Annotated[list[AuthorizationData], Field(max_length=MOST_ITEMS)] | None = None
    update_type: UpdateType

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        """Hold the rules of sections 5.15 and 7.1: each card once, and in a full update with its info."""
        cards = self.local_authorization_list or []
        if len({card.id_tag.casefold() for card in cards}) < len(cards):
            msg = "each idTag may be in the list once, whatever its case (section 5.15)"
            raise ValueError(msg)
        if self.update_type is UpdateType.FULL and any(card.id_tag_info is None for card in cards):
            msg = "every card of a full update needs its idTagInfo (section 7.1)"
            raise ValueError(msg)
        return self


class SendLocalListResponse(Payload):
    """Section 6.42."""

    status: UpdateStatus
