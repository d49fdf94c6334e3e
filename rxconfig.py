"""Reflex's own settings. Onetime's are in `onetime/settings.py`."""

import reflex as rx

from onetime.web.frame.origin import FollowOrigin

config = rx.Config(
    app_name="onetime",
    plugins=[FollowOrigin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
    # One process holds every state; a state on disk would wear out an SD card.
    state_manager_mode=rx.constants.StateManagerMode.MEMORY,
    # Other sites may call nothing; `onetime.web.frame.origin.accept_own_pages_only` lets our own pages in by any name.
    cors_allowed_origins=(),
    show_built_with_reflex=False,
    telemetry_enabled=False,
)
