"""Who may do what: the one table that every page, event handler and route asks."""

from enum import StrEnum

from onetime.models import Role
from onetime.texts import _


class Permission(StrEnum):
    """One thing a person may be allowed to do."""

    SEE_OWN_ACCOUNT = "see own account"
    SEE_OWN_SESSIONS = "see own sessions"
    SEE_DASHBOARD = "see dashboard"
    SEE_CHARGER = "see charger"
    ACCEPT_CHARGER = "accept charger"
    NAME_SPOT = "name spot"
    CONTROL_CHARGING = "start and stop charging"
    RESET_CHARGER = "reset charger"
    SEND_COMMAND = "send command"
    USE_CONSOLE = "use the console"
    SECURE_CHARGER = "secure charger"
    SEE_MESSAGES = "see messages"
    MANAGE_FILES = "manage firmware, diagnostics and logs"
    SEE_SESSIONS = "see sessions"
    SEE_INTERVALS = "see intervals"
    DOWNLOAD_REPORT = "download report"
    MANAGE_CARDS = "manage cards"
    PUSH_CARDS = "push cards to chargers"
    MANAGE_PEOPLE = "manage people and tokens"
    MANAGE_HOUSE = "manage the house"
    REVIEW_SESSIONS = "review sessions"
    CLOSE_MONTH = "close month"
    SET_CONNECTOR_POWER = "set connector power"


_EVERYTHING = frozenset(Permission)

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: _EVERYTHING,
    Role.INSTALLER: frozenset(
        {
            Permission.SEE_OWN_ACCOUNT,
            Permission.SEE_DASHBOARD,
            Permission.SEE_CHARGER,
            Permission.ACCEPT_CHARGER,
            Permission.NAME_SPOT,
            Permission.SET_CONNECTOR_POWER,
            Permission.CONTROL_CHARGING,
            Permission.RESET_CHARGER,
            Permission.SEND_COMMAND,
            Permission.SECURE_CHARGER,
            Permission.PUSH_CARDS,
            Permission.SEE_MESSAGES,
            Permission.MANAGE_FILES,
        }
    ),
    Role.MANAGER: frozenset(
        {
            Permission.SEE_OWN_ACCOUNT,
            Permission.SEE_DASHBOARD,
            Permission.SEE_CHARGER,
            Permission.CONTROL_CHARGING,
            Permission.SEE_OWN_SESSIONS,
            Permission.SEE_SESSIONS,
            Permission.SEE_INTERVALS,
            Permission.DOWNLOAD_REPORT,
            Permission.MANAGE_CARDS,
            Permission.PUSH_CARDS,
            Permission.MANAGE_HOUSE,
            Permission.NAME_SPOT,
            Permission.SET_CONNECTOR_POWER,
            Permission.REVIEW_SESSIONS,
            Permission.CLOSE_MONTH,
        }
    ),
    # A tenant sees nothing of the neighbours.
    Role.TENANT: frozenset({Permission.SEE_OWN_ACCOUNT, Permission.SEE_OWN_SESSIONS}),
}


class PermissionDeniedError(Exception):
    """A person asked for what their role may not do."""


def allowed(role: Role | None, permission: Permission) -> bool:
    """Say whether ``role`` may do this. Nobody logged in may do nothing."""
    return role is not None and permission in PERMISSIONS[role]


def require(role: Role | None, permission: Permission) -> None:
    """Raise ``PermissionDeniedError`` unless ``role`` may do this."""
    if not allowed(role, permission):
        msg = _("You are not allowed to do this.")
        raise PermissionDeniedError(msg)
