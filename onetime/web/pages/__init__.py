"""The pages. Importing this package registers all of them."""

from onetime.web.pages import (
    billing,
    cards,
    charger,
    charger_log,
    charger_operations,
    dashboard,
    login,
    more,
    not_found,
    sessions,
    setup,
)

__all__ = [
    "billing",
    "cards",
    "charger",
    "charger_log",
    "charger_operations",
    "dashboard",
    "login",
    "more",
    "not_found",
    "sessions",
    "setup",
]
