"""What the pages share while the process runs: the feed to those who watch, and the reports in the making."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import reflex as rx

from onetime.services.runtime import Services
from onetime.web.billing.report_jobs import ReportJobs
from onetime.web.chargers.board.feed import LiveFeed
from onetime.web.chargers.frame.notices import ChargerNotices, Notice, topic_of
from onetime.web.commissioning.notices import CommissioningNotices
from onetime.web.frame.audience import SocketAudience
from onetime.web.frame.house_notices import REVIEW_LIST, HouseNotices

REPORTS = "reports"
HEAD = "head"  # the topic of what all pages of a charger show


@dataclass(frozen=True, slots=True)
class Refreshes:
    """The event handlers that pages are asked to call when what they show has changed."""

    reports: str
    reviews: str
    chargers: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class _Running:
    audience: SocketAudience
    feed: LiveFeed
    reports: ReportJobs
    notices: HouseNotices
    commissioning: CommissioningNotices


_running: _Running | None = None


def feed() -> LiveFeed:
    """Return the feed of this process. Raises ``RuntimeError`` before the start and after the end."""
    return _current().feed


def report_jobs() -> ReportJobs:
    """Return the reports in the making. Raises ``RuntimeError`` before the start and after the end."""
    return _current().reports


async def watch_reports(socket: str) -> None:
    """Tell this browser how far reports are."""
    await _current().audience.enter(socket, REPORTS)


async def watch_review_list(socket: str) -> None:
    """Tell this browser when the review inbox looks different."""
    await _current().audience.enter(socket, REVIEW_LIST)


async def watch_house(socket: str) -> None:
    """Tell this browser, whoever sits before it, what is wrong with the house."""
    await _current().notices.enter(socket)


async def watch_reviews(socket: str) -> None:
    """Tell this browser how much waits for a decision."""
    await _current().notices.enter_reviews(socket)


async def watch_commissioning(socket: str) -> None:
    """Tell this browser whether new chargers are let in, and which were turned away."""
    await _current().commissioning.enter(socket)


async def watch_charger(socket: str, charger_id: int, topic: str) -> None:
    """Tell this browser what changes on one page of a charger, and on what all its pages show."""
    for watched in (HEAD, topic):
        await _current().audience.enter(socket, topic_of(watched, charger_id))


async def stop_watching(socket: str) -> None:
    """Send this browser nothing live any more; it has gone to another page."""
    await _current().audience.leave(socket)


@asynccontextmanager
async def watching(app: rx.App, services: Services, refreshes: Refreshes) -> AsyncIterator[None]:
    """Carry changes to open pages while the block runs."""
    global _running
    audience = SocketAudience(app)
    reports = ReportJobs(services.billing.reports.build, lambda: audience.ask(REPORTS, refreshes.reports))
    notices = HouseNotices(audience, services.site.trouble, services.reviews.count_open, refreshes.reviews)
    commissioning = CommissioningNotices(
        audience, services.commissioning.window, services.commissioning.knocking, services.chargers.live
    )
    _running = _Running(audience, LiveFeed(services.chargers.live, audience), reports, notices, commissioning)
    tasks = [
        asyncio.create_task(_running.feed.run(services.bus), name="live feed"),
        *(
            asyncio.create_task(ChargerNotices(audience, notice).run(services.bus), name=f"notices of {notice.topic}")
            for notice in refreshes.chargers
        ),
        asyncio.create_task(notices.run(services.bus), name="house notices"),
        asyncio.create_task(commissioning.run(services.bus), name="commissioning notices"),
    ]
    try:
        yield
    finally:
        await reports.stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        _running = None


def _current() -> _Running:
    if _running is None:
        msg = "The pages are not running in this process."
        raise RuntimeError(msg)
    return _running
