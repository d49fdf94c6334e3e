"""What an address that leads nowhere shows."""

import reflex as rx

from onetime.texts import _
from onetime.web import routes
from onetime.web.access import public
from onetime.web.components.forms import empty
from onetime.web.components.frame import plain
from onetime.web.components.link import link
from onetime.web.i18n import t
from onetime.web.registry import page


class NotFound(rx.State):
    """Only the visitor's language is needed."""

    @public
    async def open(self) -> None:
        """Show the page."""


@page(routes.NOT_FOUND, _("Not found"), NotFound.open)
def not_found() -> rx.Component:
    """Lead back to where things are."""
    return plain(
        empty(
            "compass",
            t("There is nothing at this address"),
            rx.el.p(t("It may have been mistyped, or what was here is gone.")),
            link(t("To the overview"), to=routes.DASHBOARD, class_name="button button--primary"),
        )
    )
