"""Who may use a route: a bearer token, asked against the one permission table."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, HTTPException, status
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from onetime.services.people.permissions import Permission, PermissionDeniedError, require
from onetime.services.people.tokens import TokenHolder
from onetime.services.runtime import Services, current

NO_TOKEN = "This needs a valid token in the header “Authorization: Bearer …”."  # noqa: S105 - a sentence

_bearer = HTTPBearer(auto_error=False, description="A token from `python -m onetime token create --name NAME`.")


def services() -> Services:
    """Return the running services, or answer 503 while they start or stop."""
    try:
        return current()
    except RuntimeError as error:
        raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, "Onetime is starting or stopping.") from error


RunningServices = Annotated[Services, Depends(services)]


def needs(permission: Permission) -> Callable[..., Awaitable[TokenHolder]]:
    """Return the dependency that lets only those in who may do this."""

    async def check(
        running: RunningServices,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    ) -> TokenHolder:
        holder = await running.people.tokens.holder(credentials.credentials) if credentials else None
        if holder is None:
            raise HTTPException(
                status.HTTP_401_UNAUTHORIZED,
                NO_TOKEN,
                {"WWW-Authenticate": "Bearer"},
            )
        try:
            require(holder.role, permission)
        except PermissionDeniedError as error:
            raise HTTPException(status.HTTP_403_FORBIDDEN, str(error)) from error
        return holder

    return check
