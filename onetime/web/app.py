"""The Reflex app: its look, its pages, and what they do while the process runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import reflex as rx
from starlette.applications import Starlette

import onetime.web.pages  # noqa: F401 - registers every page
from onetime.ports.requests import BoundedRequests
from onetime.services.files.addresses import PATH as TRANSFERS
from onetime.services.runtime import Services
from onetime.texts import _
from onetime.web.billing.report_jobs import REPORTS, ReportJobs
from onetime.web.billing.state import Billing
from onetime.web.chargers.board.feed import LiveFeed
from onetime.web.chargers.files import upload_route
from onetime.web.chargers.frame.notices import ChargerNotices
from onetime.web.chargers.watched import charger_notices
from onetime.web.commissioning.notices import CommissioningNotices
from onetime.web.frame import routes
from onetime.web.frame.audience import SocketAudience, refresh_of
from onetime.web.frame.bounded_events import bound_events
from onetime.web.frame.house_notices import HouseNotices
from onetime.web.frame.left_states import LeftStates
from onetime.web.frame.origin import accept_own_pages_only
from onetime.web.frame.registry import add_pages
from onetime.web.frame.running import holding
from onetime.web.people import login_ticket
from onetime.web.reviews.inbox.state import Reviews

FIRMWARE_BY_API = "/api/v1/files"
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
    api.router.routes.extend((*login_ticket.ROUTES, *upload_route.ROUTES))
    app = rx.App(
        stylesheets=STYLESHEETS,
        reset_style=False,
        toaster=rx.toast.provider(position="bottom-center", close_button=True),
        api_transformer=[api, partial(BoundedRequests, takes_file=takes_file)],
        head_components=[rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")],
    )
    app.app_wraps.pop((5, "Overlay"))  # the frame says calmly when the connection is lost
    accept_own_pages_only(app)
    bound_events(app)
    add_pages(app)
    return app


@asynccontextmanager
async def pages_running(app: rx.App, services: Services) -> AsyncIterator[None]:
    """Keep open pages up to date while the block runs."""
    audience = SocketAudience(app)
    feed = LiveFeed(services.chargers.live, audience)
    reports = ReportJobs(services.billing.reports.build, lambda: audience.ask(REPORTS, refresh_of(Billing)))
    house = HouseNotices(audience, services.site.trouble, services.reviews.count_open, refresh_of(Reviews))
    let_in, live = services.commissioning, services.chargers.live
    commissioning = CommissioningNotices(audience, let_in.window, let_in.knocking, live)
    watching = {
        _("pushing live values to pages"): feed.run,
        _("telling pages about the house"): house.run,
        _("telling pages about new chargers"): commissioning.run,
        _("forgetting pages that have gone"): lambda _bus: LeftStates(app).run(),
        **{
            _("telling a charger's pages about “{topic}”", topic=notice.topic): ChargerNotices(audience, notice).run
            for notice in charger_notices()
        },
    }
    with holding(audience, feed, reports, house, commissioning):
        for name, run in watching.items():
            services.background.keep(name, partial(run, services.bus))
        try:
            yield
        finally:
            await reports.stop()
            await services.background.stop(*watching)


def takes_file(method: str, path: str) -> bool:
    """Say whether the body of such a request is a file, which is written to the disk as it comes."""
    return path.startswith(f"{TRANSFERS}/") or (method == "POST" and path in (routes.FIRMWARE_UPLOAD, FIRMWARE_BY_API))
