"""Links inside the app: they change the page without loading it anew."""

from typing import Any

import reflex as rx
from reflex_components_core.react_router import link as router_link


def link(*children: Any, to: Any, **props: Any) -> rx.Component:
    """Return a link to one of our own pages."""
    return router_link(*children, to=to, **props)
