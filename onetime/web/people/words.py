"""What roles and logins are called on pages."""

from onetime.models import Role
from onetime.services.people.logins import OpenLogin
from onetime.texts import Text, _, say

ROLES: dict[Role, Text] = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.INSTALLER: _("Installer"),
    Role.MANAGER: _("Manager"),
    Role.TENANT: _("Tenant"),
}


def role_in_words(role: Role, language: str) -> str:
    """Return what a role is called."""
    return say(ROLES[role], language)


def browser_in_words(login: OpenLogin, language: str) -> str:
    """Return what a browser is called that is logged in."""
    return login.browser or say(_("Unknown browser"), language)
