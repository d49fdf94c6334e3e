"""The list of pages: each names its address, its title and what opens it, once, beside its function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import reflex as rx

from onetime.web.frame.access import PUBLIC
from onetime.web.frame.texts.i18n import t

Build = Callable[[], rx.Component]


@dataclass(frozen=True, slots=True)
class Page:
    """One page. ``on_load`` is a guarded handler, so it says who may open the page."""

    route: str
    title: str
    on_load: Any
    build: Build

    @property
    def permission(self) -> str:
        """The permission that opens it, or ``public``."""
        return permission_of(self.on_load)


PAGES: list[Page] = []


def page(route: str, title: str, on_load: Any) -> Callable[[Build], Build]:
    """Add a page. ``title`` is English and goes through the catalogue. Raises ``ValueError`` for an unguarded one."""

    def add(build: Build) -> Build:
        added = Page(route, title, on_load, build)
        if not added.permission:
            msg = f"The page {route} does not say who may open it."
            raise ValueError(msg)
        PAGES.append(added)
        return build

    return add


def permission_of(handler: Any) -> str:
    """Return the permission an event handler asks for, ``public``, or nothing when it is not guarded."""
    function = getattr(handler, "fn", handler)
    return str(getattr(function, "__permission__", ""))


def add_pages(app: rx.App) -> None:
    """Give Reflex all pages."""
    for added in PAGES:
        app.add_page(added.build, route=added.route, title=_title(added.title), on_load=added.on_load)


def _title(title: str) -> rx.Var[str]:
    translated: Any = t(title)
    return translated + " · Onetime"


__all__ = ["PAGES", "PUBLIC", "Page", "add_pages", "page", "permission_of"]
