"""What an address that leads nowhere shows."""

import reflex as rx

from onetime.texts import _
from onetime.web.frame import routes
from onetime.web.frame.access import public
from onetime.web.frame.parts.forms import empty
from onetime.web.frame.parts.layout import plain
from onetime.web.frame.parts.link import link
from onetime.web.frame.registry import page
from onetime.web.frame.texts.i18n import t


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
