"""A charger's log: every message it said and was told, found by a word or by its problem."""

import reflex as rx

from onetime.texts import _
from onetime.web.chargers.frame.layout import charger_frame
from onetime.web.chargers.log.messages import message_log
from onetime.web.chargers.log.state import ChargerLog
from onetime.web.frame import routes
from onetime.web.frame.registry import page


@page(routes.CHARGER_LOG, _("Log"), ChargerLog.open)
def charger_log() -> rx.Component:
    """Show the log."""
    return charger_frame(routes.CHARGER_LOG, ChargerLog.loaded, message_log())
