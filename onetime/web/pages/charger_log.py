"""A charger's log: every message it said and was told, found by a word or by its problem."""

import reflex as rx

from onetime.texts import _
from onetime.web import routes
from onetime.web.components.charger_frame import charger_frame
from onetime.web.components.message_log import message_log
from onetime.web.log_state import ChargerLog
from onetime.web.registry import page


@page(routes.CHARGER_LOG, _("Log"), ChargerLog.open)
def charger_log() -> rx.Component:
    """Show the log."""
    return charger_frame(routes.CHARGER_LOG, ChargerLog.loaded, message_log())
