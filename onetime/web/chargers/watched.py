"""Which page of a charger is asked to read again after which events: one line a page."""

from reflex.utils.format import format_event_handler

from onetime.events import (
    ChargerChanged,
    ChargerLoggedIn,
    ChargerSecurityChanged,
    MessageSeen,
    OperationChanged,
    SecurityNoted,
)
from onetime.web.chargers.console import state as console_state
from onetime.web.chargers.console.state import ChargerConsole
from onetime.web.chargers.files import state as file_state
from onetime.web.chargers.files.state import ChargerFiles
from onetime.web.chargers.frame.head import ChargerHead
from onetime.web.chargers.frame.notices import Notice
from onetime.web.chargers.limits import state as limit_state
from onetime.web.chargers.limits.state import ChargerLimits
from onetime.web.chargers.log import state as log_state
from onetime.web.chargers.log.state import ChargerLog
from onetime.web.chargers.operations import page as charger_operations
from onetime.web.chargers.operations.page import ChargerOperations
from onetime.web.chargers.overview import state as charger_state
from onetime.web.chargers.overview.state import ChargerPage
from onetime.web.chargers.security import state as security_state
from onetime.web.chargers.security.state import ChargerSecurityPage
from onetime.web.chargers.settings import state as setting_state
from onetime.web.chargers.settings.state import ChargerSettings
from onetime.web.runtime import HEAD

SECURED = (ChargerSecurityChanged, ChargerLoggedIn, SecurityNoted, OperationChanged)
AT_ONCE_S = 0.1  # a page redraws at most ten times a second
WRITTEN_S = 1.2  # longer than a frame may wait to be written


def charger_notices() -> tuple[Notice, ...]:
    """Return the table. It can only be made once all pages are known."""
    return (
        _notice(HEAD, ChargerHead, AT_ONCE_S, OperationChanged, ChargerChanged),
        _notice(charger_state.TOPIC, ChargerPage, WRITTEN_S, MessageSeen, ChargerChanged),
        _notice(charger_operations.TOPIC, ChargerOperations, AT_ONCE_S, OperationChanged),
        _notice(setting_state.TOPIC, ChargerSettings, AT_ONCE_S, OperationChanged, ChargerChanged),
        _notice(limit_state.TOPIC, ChargerLimits, AT_ONCE_S, OperationChanged),
        _notice(security_state.TOPIC, ChargerSecurityPage, AT_ONCE_S, *SECURED),
        _notice(file_state.TOPIC, ChargerFiles, AT_ONCE_S, OperationChanged),
        _notice(console_state.TOPIC, ChargerConsole, AT_ONCE_S, MessageSeen),
        _notice(log_state.TOPIC, ChargerLog, WRITTEN_S, MessageSeen),
    )


def _notice(topic: str, state: type, pause_s: float, *events: type) -> Notice:
    handlers = state.event_handlers  # type: ignore[attr-defined]  # every state has them
    return Notice(topic, format_event_handler(handlers["refresh"]), events, pause_s)
