"""Links inside the app: they change the page without loading it anew."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router import link as router_link


def link(*children: Any, to: Any, **props: Any) -> rx.Component:
    """Return a link to one of our own pages."""
    return router_link(*children, to=to, **props)


def served_link(*children: Any, to: Any, **props: Any) -> rx.Component:
    """Return a link to something that is no page of ours: a file, or the documentation of the API.

    Every ``a`` of Reflex changes the page without loading it anew, which would lead to nothing there.
    """
    return router_link(*children, to=to, reload_document=True, **props)
