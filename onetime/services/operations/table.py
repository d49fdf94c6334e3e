"""Every operation, in one table: a module of operations is added here with one line."""

from typing import Any

from onetime.services.operations import sessions
from onetime.services.operations.base import Operation

OPERATIONS: dict[str, Operation[Any]] = {
    operation.name: operation for operations in (sessions.OPERATIONS,) for operation in operations
}
