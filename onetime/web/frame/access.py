"""The guard before every event handler: who asks, whether they may, and what they are told when it fails.

Hiding a button is not a permission. ``needs`` asks the one table before a handler runs, ``loads`` does the same
for what a page does when it opens, ``public`` marks the few that need nobody logged in. A test walks over all
handlers and fails for one that none of them guards.
"""

import inspect
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, cast

import reflex as rx
from reflex.event import EventSpec

from onetime.services.people.permissions import Permission
from onetime.store.group_commit import DatabaseError
from onetime.texts import Text, _, say
from onetime.web.frame import routes
from onetime.web.frame.live.audience import stop_watching
from onetime.web.frame.live.house_notices import watch_house, watch_house_in_full, watch_reviews
from onetime.web.frame.session import Session, Visitor, recognise

logger = logging.getLogger(__name__)

PUBLIC = "public"

Handler = Callable[..., Any]

_visitor: ContextVar[Visitor] = ContextVar("visitor")


def visitor() -> Visitor:
    """Return who asked for what the running handler does."""
    return _visitor.get()


def needs(permission: Permission) -> Callable[[Handler], Any]:
    """Run an event handler only for people who may do this."""
    return lambda handler: _guarded(handler, permission, opens_page=False)


def loads(permission: Permission | None) -> Callable[[Handler], Any]:
    """Run what opens a page; whoever may not see it is led to where they can go on. None: any person may."""
    return lambda handler: _guarded(handler, permission or Permission.SEE_OWN_ACCOUNT, opens_page=True)


def public(handler: Handler) -> Any:
    """Run an event handler for anybody, logged in or not."""
    return _guarded(handler, None, opens_page=False)


def tell(sentence: str, *, good: bool = False) -> EventSpec:
    """Return the toast that says a sentence in the visitor's language."""
    said = say(sentence, visitor().language)
    return cast(EventSpec, rx.toast.success(said) if good else rx.toast.error(said, duration=8000))


def _guarded(handler: Handler, permission: Permission | None, *, opens_page: bool) -> Any:
    @wraps(handler)
    async def guarded(self: rx.State, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        socket = self.router.session.session_id
        if opens_page:
            await stop_watching(socket)
        if opens_page or permission is None:
            await watch_house(socket)
        try:
            someone = await recognise(await self.get_state(Session))
        except DatabaseError as error:
            logger.warning("A visitor could not be recognised: %s", error)
            if not opens_page:  # else the banner says why, and the page waits
                yield rx.toast.error(say(_sentence(error), (await self.get_state(Session)).language), duration=8000)
            return
        _visitor.set(someone)
        if opens_page:
            await _watch(socket, someone)
        answer = refusal(someone, permission)
        if answer is not None:
            yield answer
            return
        try:
            async for event in _events(handler(self, *args, **kwargs)):
                yield event
        except Exception as error:  # noqa: BLE001 - a person waits for an answer, whatever went wrong
            yield tell(_sentence(error))

    guarded.__permission__ = permission.value if permission else PUBLIC  # type: ignore[attr-defined]  # read by the test
    return rx.event(guarded)


async def _watch(socket: str, someone: Visitor) -> None:
    """Let a page that opens see of the house what this visitor may see on every page."""
    if someone.may(Permission.SEE_CHARGER):
        await watch_house_in_full(socket)
    if someone.may(Permission.REVIEW_SESSIONS):
        await watch_reviews(socket)


def refusal(someone: Visitor, permission: Permission | None) -> EventSpec | None:
    """Return where to send a visitor who may not do this, or None when they may."""
    if permission is None:
        return None
    if someone.house is None:
        return rx.redirect(routes.SETUP, replace=True)
    if someone.person is None:
        return rx.redirect(routes.LOGIN, replace=True)
    if someone.may(permission):
        return None
    return rx.redirect(routes.SESSIONS if someone.may(Permission.SEE_OWN_SESSIONS) else routes.MORE, replace=True)


async def _events(result: Any) -> AsyncIterator[Any]:
    """Yield what a handler of any kind returns or yields."""
    if inspect.isasyncgen(result):
        async for event in result:
            yield event
    else:
        yield await result if inspect.isawaitable(result) else result


def _sentence(error: Exception) -> str:
    """Return what a person is told: the error's own sentence, or a reference to find it in the log."""
    if error.args and isinstance(error.args[0], Text):
        return error.args[0]
    reference = secrets.token_hex(3).upper()
    logger.exception("A page could not do what was asked (reference %s).", reference, exc_info=error)
    return _(
        "Onetime could not do this because of a fault of its own. The log says more under {reference}.",
        reference=reference,
    )
