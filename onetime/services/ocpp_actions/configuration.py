"""A charger's settings: reading and writing its configuration keys (section 9 names them)."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from onetime.services.ocpp_actions.base import MOST_ITEMS, Payload, Text50, Text500


class ConfigurationStatus(StrEnum):
    """Section 7.22. RebootRequired is success: it holds after the next restart."""

    ACCEPTED = "Accepted"
    REJECTED = "Rejected"
    REBOOT_REQUIRED = "RebootRequired"
    NOT_SUPPORTED = "NotSupported"


class ChangeConfiguration(Payload):
    """Section 6.9: write one key."""

    key: Text50
    value: Text500


class ChangeConfigurationResponse(Payload):
    """Section 6.10."""

    status: ConfigurationStatus


class GetConfiguration(Payload):
    """Section 6.23: read the named keys, or all of them."""

    key: Annotated[list[Text50], Field(max_length=MOST_ITEMS)] | None = None


class KeyValue(Payload):
    """Section 7.29. A key without a value is set but not shown, such as AuthorizationKey."""

    key: Text50
    readonly: bool
    value: Text500 | None = None


class GetConfigurationResponse(Payload):
    """Section 6.24."""

    configuration_key: list[KeyValue] | None = None
    unknown_key: list[Text50] | None = None
