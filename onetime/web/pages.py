"""The pages. Importing this package registers all of them."""

from onetime.web.billing import page as billing
from onetime.web.cards import page as cards
from onetime.web.chargers.board import page as dashboard
from onetime.web.chargers.console import page as charger_console
from onetime.web.chargers.files import page as charger_files
from onetime.web.chargers.limits import page as charger_limits
from onetime.web.chargers.log import page as charger_log
from onetime.web.chargers.operations import page as charger_operations
from onetime.web.chargers.overview import page as charger
from onetime.web.chargers.security import page as charger_security
from onetime.web.chargers.settings import page as charger_settings
from onetime.web.people import login, setup
from onetime.web.reviews import inbox as reviews
from onetime.web.reviews import item as review
from onetime.web.sessions import page as sessions
from onetime.web.site import more, not_found

__all__ = [
    "billing",
    "cards",
    "charger",
    "charger_console",
    "charger_files",
    "charger_limits",
    "charger_log",
    "charger_operations",
    "charger_security",
    "charger_settings",
    "dashboard",
    "login",
    "more",
    "not_found",
    "review",
    "reviews",
    "sessions",
    "setup",
]
