"""What every open page holds of the house itself: what is wrong with it, and how much waits for a decision.

It is written by ``onetime.web.frame.live.house_notices`` into the browser's copy; the server's copy of it stays empty.
"""

import reflex as rx


class HouseNotice(rx.State):
    """The browser's copy. ``trouble`` is a sentence by language, empty while all is well."""

    trouble: dict[str, str] = {}
    reviews: int = 0
