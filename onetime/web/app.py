"""The Reflex app: its look, its pages, and what they do while the process runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import reflex as rx
from reflex.utils.format import format_event_handler
from starlette.applications import Starlette

import onetime.web.pages  # noqa: F401 - registers every page
from onetime.services.runtime import Services
from onetime.web.billing.page import Billing
from onetime.web.chargers.files import upload_route as file_upload
from onetime.web.chargers.watched import charger_notices
from onetime.web.frame.origin import accept_own_pages_only
from onetime.web.frame.registry import add_pages
from onetime.web.people import login_ticket
from onetime.web.reviews.inbox import Reviews
from onetime.web.runtime import Refreshes, watching

STYLESHEETS = [
    "/tokens.css",
    "/base.css",
    "/frame.css",
    "/board.css",
    "/compact.css",
    "/parts.css",
    "/sections.css",
    "/tables.css",
    "/charger.css",
    "/reviews.css",
    "/operations.css",
    "/tools.css",
]


def create_app(api: Starlette) -> rx.App:
    """Return the app with all pages, beside the routes of ``api``. Nothing runs before its lifespan starts."""
    api.router.routes.extend((*login_ticket.ROUTES, *file_upload.ROUTES))
    app = rx.App(
        stylesheets=STYLESHEETS,
        reset_style=False,
        toaster=rx.toast.provider(position="bottom-center", close_button=True),
        api_transformer=api,
        head_components=[rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")],
    )
    app.app_wraps.pop((5, "Overlay"))  # the frame says calmly when the connection is lost
    accept_own_pages_only(app)
    add_pages(app)
    return app


@asynccontextmanager
async def pages_running(app: rx.App, services: Services) -> AsyncIterator[None]:
    """Keep open pages up to date while the block runs."""
    refreshes = Refreshes(
        reports=format_event_handler(Billing.event_handlers["refresh"]),
        reviews=format_event_handler(Reviews.event_handlers["refresh"]),
        chargers=charger_notices(),
    )
    async with watching(app, services, refreshes):
        yield
