"""The pages. Importing this package registers all of them."""

from onetime.web.pages import (
    billing,
    cards,
    charger,
    dashboard,
    login,
    more,
    not_found,
    review,
    reviews,
    sessions,
    setup,
)

__all__ = [
    "billing",
    "cards",
    "charger",
    "dashboard",
    "login",
    "more",
    "not_found",
    "review",
    "reviews",
    "sessions",
    "setup",
]
