"""The state of one item's page: what it reads of the evidence, and what is decided."""

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from onetime.services.people.permissions import Permission
from onetime.services.reviews.listing import Evidence
from onetime.services.reviews.making import NewSession
from onetime.services.reviews.undo import ReviewError
from onetime.services.runtime import current
from onetime.texts import Text, _, say
from onetime.web.frame import routes
from onetime.web.frame.access import loads, needs, tell, visitor
from onetime.web.reviews.item.form import CorrectionForm, form_of, read_form
from onetime.web.reviews.view import Detail, detail


class ReviewPage(rx.State):
    """One item, the form of a correction, and what is wrong with what was entered."""

    loaded: bool = False
    found: bool = False
    item: Detail = Detail()
    form: CorrectionForm = CorrectionForm()
    made: CorrectionForm = CorrectionForm()
    tenants: list[str] = []
    problem: str = ""

    @loads(Permission.REVIEW_SESSIONS)
    async def open(self) -> None:
        """Show the item of the address."""
        await self._read()
        self.problem = ""
        self.tenants = await current().cards.holders.tenants()
        self.loaded = True

    @needs(Permission.REVIEW_SESSIONS)
    async def accept(self, form: dict[str, str]) -> object:
        """Bill what was measured."""
        actor, note = visitor().actor, form.get("note", "")
        return await self._decide(
            lambda: current().reviews.accept(self.item.id, actor, note), _("Accepted as it was measured.")
        )

    @needs(Permission.REVIEW_SESSIONS)
    async def correct(self, form: dict[str, str]) -> object:
        """Set the session's ends to what was entered."""
        evidence = await current().reviews.evidence(self._item_id())
        if evidence is None or evidence.suggestion is None:
            raise ReviewError(_("The session still runs; decide when it has ended."))
        suggestion, clockwork, actor = evidence.suggestion, visitor().clockwork, visitor().actor

        async def decide() -> None:
            ends = read_form(form, suggestion, clockwork)
            await current().reviews.correct(self.item.id, ends, form.get("note", ""), actor)

        return await self._decide(decide, _("Corrected. What was measured is kept beside it."))

    @needs(Permission.REVIEW_SESSIONS)
    async def assign(self, form: dict[str, str]) -> object:
        """Bill the session to a tenant."""
        tenant, actor = form.get("tenant", ""), visitor().actor
        done = _("The session is billed to {tenant}.", tenant=tenant.strip())
        return await self._decide(lambda: current().reviews.assign(self.item.id, tenant, actor), done)

    @needs(Permission.REVIEW_SESSIONS)
    async def match(self, form: dict[str, str]) -> object:
        """End a session with a stop that named none."""
        number, actor = form.get("session", ""), visitor().actor
        chosen = int(number) if number.isdecimal() and len(number) < 10 else 0
        done = _("The session has got its end.")
        return await self._decide(
            lambda: current().reviews.match(self.item.id, chosen, actor, form.get("note", "")), done
        )

    @needs(Permission.REVIEW_SESSIONS)
    async def make(self, form: dict[str, str]) -> object:
        """Add the session whose start was lost."""
        evidence = await current().reviews.evidence(self._item_id())
        if evidence is None or evidence.proposal is None:
            raise ReviewError(_("Somebody has decided about this already."))
        proposal, clockwork, actor = evidence.proposal, visitor().clockwork, visitor().actor

        async def decide() -> None:
            entered = {name.removeprefix("made_"): text for name, text in form.items()}
            ends, place = read_form(entered, proposal.suggestion, clockwork), entered.get("place", "")
            wanted = NewSession(int(place) if place.isdigit() else 0, entered.get("card", ""), ends)
            await current().reviews.make(self.item.id, wanted, entered.get("note", ""), actor)

        return await self._decide(decide, _("The session is made, and billed with these ends."))

    @needs(Permission.REVIEW_SESSIONS)
    async def discard(self, form: dict[str, str]) -> object:
        """Bill it to nobody."""
        actor, note = visitor().actor, form.get("note", "")
        return await self._decide(
            lambda: current().reviews.discard(self.item.id, actor, note),
            _("Discarded. It can be taken back under “Decided lately”."),
        )

    @needs(Permission.REVIEW_SESSIONS)
    async def undo(self) -> object:
        """Take the decision back, and show the item as it waits again."""
        await current().reviews.undo(self.item.id, visitor().actor)
        await self._read()
        return tell(_("Taken back; it waits again."), good=True)

    async def _decide(self, decide: Callable[[], Awaitable[None]], done: Text) -> object:
        """Carry a decision out; what is wrong is said beside the form, and nothing typed is lost."""
        self.problem = ""
        try:
            await decide()
        except ReviewError as error:
            self.problem = say(error.args[0], visitor().language)
            return None
        await self._read()
        back = [] if self.item.decision == "" else [rx.redirect(routes.REVIEWS)]
        return [tell(done, good=True), *back]

    async def _read(self) -> None:
        evidence: Evidence | None = await current().reviews.evidence(self._item_id())
        self.found = evidence is not None
        if evidence is not None:
            self.item = detail(evidence, visitor().clockwork)
            self.form = form_of(evidence.suggestion, visitor().clockwork)
            proposal = evidence.proposal
            self.made = form_of(proposal.suggestion if proposal else None, visitor().clockwork)

    def _item_id(self) -> int:
        part: Any = self.router.url.path.rstrip("/").rpartition("/")[2]
        return int(part) if part.isascii() and part.isdigit() and len(part) < 10 else 0
