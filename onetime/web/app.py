"""The Reflex app: its look, its pages, and what they do while the process runs."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial

import reflex as rx
from starlette.applications import Starlette
from starlette.types import ASGIApp

import onetime.web.pages  # noqa: F401 - registers every page
from onetime.ports.requests import BoundedRequests
from onetime.services.files.addresses import PATH as TRANSFERS
from onetime.services.runtime import Services
from onetime.settings import get_settings
from onetime.texts import Text, _
from onetime.web.billing.report_jobs import REPORTS, ReportJobs
from onetime.web.billing.state import Billing
from onetime.web.chargers.board.feed import LiveFeed
from onetime.web.chargers.files import upload_route
from onetime.web.chargers.frame.notices import ChargerNotices
from onetime.web.chargers.watched import charger_notices
from onetime.web.commissioning.notices import CommissioningNotices
from onetime.web.frame import routes
from onetime.web.frame.bounded_events import bound_events
from onetime.web.frame.hosts import Hosts
from onetime.web.frame.left_states import LeftStates
from onetime.web.frame.live.audience import SocketAudience, refresh_of
from onetime.web.frame.live.house_notices import HouseNotices
from onetime.web.frame.live.page_owners import PageOwners
from onetime.web.frame.live.pushing import Telling, trouble_of
from onetime.web.frame.origin import accept_own_pages_only
from onetime.web.frame.registry import add_pages
from onetime.web.frame.running import holding
from onetime.web.frame.shield import Shield
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


class ShieldedApp(rx.App):
    """Reflex's app, behind the shield as a whole: what Reflex itself puts around it answers requests too."""

    open_routes: Sequence[str] = ()

    def __call__(self) -> ASGIApp:
        """Return what the server serves."""
        bounded = BoundedRequests(super().__call__(), takes_file)
        return Shield(bounded, cache(lambda: Hosts(get_settings())), self.open_routes)


FORGETTING = _("forgetting pages that have gone")


def create_app(api: Starlette, open_routes: Sequence[str] = ()) -> rx.App:
    """Return the app with all pages, beside the routes of ``api``. Nothing runs before its lifespan starts.

    ``open_routes`` begin the paths that machines ask for by any name of this computer, and without a cookie.
    """
    api.router.routes.extend((*login_ticket.ROUTES, *upload_route.ROUTES))
    app = ShieldedApp(
        stylesheets=STYLESHEETS,
        reset_style=False,
        toaster=rx.toast.provider(position="bottom-center", close_button=True),
        api_transformer=api,
        head_components=[rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml")],
    )
    app.app_wraps.pop((5, "Overlay"))  # the frame says calmly when the connection is lost
    app.open_routes = open_routes
    accept_own_pages_only(app)
    bound_events(app)
    add_pages(app)
    return app


@asynccontextmanager
async def pages_running(app: rx.App, services: Services) -> AsyncIterator[None]:
    """Keep open pages up to date while the block runs."""
    audience = SocketAudience(app)
    feed = LiveFeed(services.chargers.live, audience)
    background = services.background
    reports = ReportJobs(
        services.billing.reports.build, lambda: audience.ask(REPORTS, refresh_of(Billing)), background.once
    )
    let_in, live = services.commissioning, services.chargers.live
    commissioning = CommissioningNotices(audience, let_in.window, let_in.knocking, live)
    owners = PageOwners(app, audience, services.people.logins.open_among)
    chargers = [ChargerNotices(audience, notice) for notice in charger_notices()]

    def trouble() -> Text | None:
        return services.site.trouble() or trouble_of(telling)

    def trouble_for_all() -> Text | None:
        return services.site.trouble_for_all() or trouble_of(telling)

    house = HouseNotices(audience, trouble, trouble_for_all, services.reviews.count_open, refresh_of(Reviews))
    telling: list[Telling] = [owners, feed, house, commissioning, *chargers]
    with holding(audience, owners, feed, reports, house, commissioning):
        background.keep(FORGETTING, LeftStates(app).run)
        for each in telling:
            background.keep(each.push.name, partial(each.run, services.bus), waits_for_events=True)
        try:
            yield
        finally:
            await reports.stop()
            await background.stop(FORGETTING, *(each.push.name for each in telling))


def takes_file(method: str, path: str) -> bool:
    """Say whether the body of such a request is a file, which is written to the disk as it comes."""
    return path.startswith(f"{TRANSFERS}/") or (method == "POST" and path in (routes.FIRMWARE_UPLOAD, FIRMWARE_BY_API))
