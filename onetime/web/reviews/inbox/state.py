"""The state of the review inbox: what waits and fits the filter, and what was decided lately."""

from urllib.parse import urlencode

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.runtime import current
from onetime.texts import _
from onetime.web.frame import routes
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.frame.live.house_notices import watch_review_list
from onetime.web.reviews.view import DecidedLine, ReviewLine, decided_line, review_line

FILTERS = ("reason", "spot")
LISTED = 500


class Reviews(rx.State):
    """The list and its filter."""

    loaded: bool = False
    filter: dict[str, str] = {}
    count: int = 0
    reasons: list[list[str]] = []
    spots: list[str] = []
    lines: list[ReviewLine] = []
    decided: list[DecidedLine] = []

    @loads(Permission.REVIEW_SESSIONS)
    async def open(self) -> None:
        """Show what waits and fits the filter in the address."""
        wanted = self.router.url.query_parameters
        self.filter = {name: wanted.get(name, "") for name in FILTERS}
        await self._read()
        await watch_review_list(self.router.session.session_id)
        self.loaded = True

    @needs(Permission.REVIEW_SESSIONS)
    async def refresh(self) -> None:
        """Read again what waits; the notices ask for it."""
        await self._read()

    @needs(Permission.REVIEW_SESSIONS)
    async def narrow(self, name: str, value: str) -> object:
        """Put the filter into the address, which shows what fits."""
        chosen = {key: each for key, each in {**self.filter, name: value}.items() if each and key in FILTERS}
        return rx.redirect(f"{routes.REVIEWS}?{urlencode(chosen)}" if chosen else routes.REVIEWS)

    @needs(Permission.REVIEW_SESSIONS)
    async def undo(self, item_id: int) -> object:
        """Take a decision back."""
        await current().reviews.undo(item_id, visitor().actor)
        await self._read()
        return tell(_("Taken back; it waits again."), good=True)

    async def _read(self) -> None:
        clockwork = visitor().clockwork
        lines = [review_line(row, clockwork) for row in await current().reviews.open_items(LISTED)]
        self.count = len(lines)
        self.reasons = sorted(([key, name] for key, name in {(x.reason, x.name) for x in lines}), key=lambda x: x[1])
        self.spots = sorted({line.spot for line in lines if line.spot})
        self.lines = [
            line
            for line in lines
            if self.filter.get("reason") in ("", None, line.reason) and self.filter.get("spot") in ("", None, line.spot)
        ]
        self.decided = [decided_line(row, clockwork) for row in await current().reviews.decided()]
