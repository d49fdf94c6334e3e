"""The pages. Importing this package registers all of them."""

from onetime.web.pages import (
    billing,
    cards,
    charger,
    charger_console,
    charger_files,
    charger_limits,
    charger_log,
    charger_operations,
    charger_security,
    charger_settings,
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
    "sessions",
    "setup",
]
