"""Every operation, in one table: a module of operations is added here with one line."""

from typing import Any

from onetime.services.operations.base import Operation
from onetime.services.operations.chargers import (
    authorization_list,
    availability,
    cache,
    restarting,
    settings_reading,
    settings_writing,
    triggering,
)
from onetime.services.operations.charging import clearing, composite, current_limit
from onetime.services.operations.files import diagnostics, firmware
from onetime.services.operations.security import certificates as charger_certificates
from onetime.services.operations.security import passwords, roots
from onetime.services.operations.security import profiles as security_profiles
from onetime.services.operations.sessions import reserving, starting
from onetime.services.operations.sessions import stopping as sessions

_MODULES: tuple[tuple[Operation[Any], ...], ...] = (
    starting.OPERATIONS,
    sessions.OPERATIONS,
    restarting.OPERATIONS,
    availability.OPERATIONS,
    current_limit.OPERATIONS,
    clearing.OPERATIONS,
    composite.OPERATIONS,
    authorization_list.OPERATIONS,
    cache.OPERATIONS,
    reserving.OPERATIONS,
    triggering.OPERATIONS,
    passwords.OPERATIONS,
    charger_certificates.OPERATIONS,
    security_profiles.OPERATIONS,
    roots.OPERATIONS,
    settings_reading.OPERATIONS,
    settings_writing.OPERATIONS,
    firmware.OPERATIONS,
    diagnostics.OPERATIONS,
)

OPERATIONS: dict[str, Operation[Any]] = {operation.name: operation for each in _MODULES for operation in each}
