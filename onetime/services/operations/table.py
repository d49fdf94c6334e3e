"""Every operation, in one table: a module of operations is added here with one line."""

from typing import Any

from onetime.services.operations import (
    authorization_list,
    availability,
    charger_certificates,
    composite,
    current_limit,
    diagnostics,
    firmware,
    passwords,
    reserving,
    restarting,
    roots,
    security_profiles,
    sessions,
    settings_reading,
    settings_writing,
    starting,
    triggering,
)
from onetime.services.operations.base import Operation

_MODULES: tuple[tuple[Operation[Any], ...], ...] = (
    starting.OPERATIONS,
    sessions.OPERATIONS,
    restarting.OPERATIONS,
    availability.OPERATIONS,
    current_limit.OPERATIONS,
    composite.OPERATIONS,
    authorization_list.OPERATIONS,
    reserving.OPERATIONS,
    triggering.OPERATIONS,
    settings_reading.OPERATIONS,
    settings_writing.OPERATIONS,
    firmware.OPERATIONS,
    diagnostics.OPERATIONS,
    passwords.OPERATIONS,
    charger_certificates.OPERATIONS,
    security_profiles.OPERATIONS,
    roots.OPERATIONS,
)

OPERATIONS: dict[str, Operation[Any]] = {operation.name: operation for each in _MODULES for operation in each}
