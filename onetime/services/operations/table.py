"""Every operation, in one table: a module of operations is added here with one line."""

from typing import Any

from onetime.services.operations import (
    availability,
    charger_certificates,
    passwords,
    restarting,
    roots,
    security_profiles,
    sessions,
    starting,
    triggering,
)
from onetime.services.operations.base import Operation

_MODULES: tuple[tuple[Operation[Any], ...], ...] = (
    starting.OPERATIONS,
    sessions.OPERATIONS,
    restarting.OPERATIONS,
    availability.OPERATIONS,
    triggering.OPERATIONS,
    passwords.OPERATIONS,
    charger_certificates.OPERATIONS,
    security_profiles.OPERATIONS,
    roots.OPERATIONS,
)

OPERATIONS: dict[str, Operation[Any]] = {operation.name: operation for each in _MODULES for operation in each}
