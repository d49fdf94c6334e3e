"""Which page of a charger is asked to read again after which events: one line a page."""

import reflex as rx

from onetime.events import (
    ChargerChanged,
    ChargerLoggedIn,
    ChargerSecurityChanged,
    MessageSeen,
    OperationChanged,
    SecurityNoted,
)
from onetime.web.chargers.console.state import TOPIC as CONSOLE
from onetime.web.chargers.console.state import ChargerConsole
from onetime.web.chargers.files.state import TOPIC as FILES
from onetime.web.chargers.files.state import ChargerFiles
from onetime.web.chargers.frame.head import ChargerHead
from onetime.web.chargers.frame.notices import HEAD, Notice
from onetime.web.chargers.limits.state import TOPIC as LIMITS
from onetime.web.chargers.limits.state import ChargerLimits
from onetime.web.chargers.log.state import TOPIC as LOG
from onetime.web.chargers.log.state import ChargerLog
from onetime.web.chargers.operations.state import TOPIC as OPERATIONS
from onetime.web.chargers.operations.state import ChargerOperations
from onetime.web.chargers.overview.state import TOPIC as OVERVIEW
from onetime.web.chargers.overview.state import ChargerPage
from onetime.web.chargers.security.state import TOPIC as SECURITY
from onetime.web.chargers.security.state import ChargerSecurityPage
from onetime.web.chargers.settings.state import TOPIC as SETTINGS
from onetime.web.chargers.settings.state import ChargerSettings
from onetime.web.frame.live.audience import refresh_of

SECURED = (ChargerSecurityChanged, ChargerLoggedIn, SecurityNoted, OperationChanged)
AT_ONCE_S = 0.1  # a page redraws at most ten times a second
WRITTEN_S = 1.2  # longer than a frame may wait to be written


def charger_notices() -> tuple[Notice, ...]:
    """Return the table. It can only be made once all pages are known."""
    return (
        _notice(HEAD, ChargerHead, AT_ONCE_S, OperationChanged, ChargerChanged),
        _notice(OVERVIEW, ChargerPage, WRITTEN_S, MessageSeen, ChargerChanged),
        _notice(OPERATIONS, ChargerOperations, AT_ONCE_S, OperationChanged),
        _notice(SETTINGS, ChargerSettings, AT_ONCE_S, OperationChanged, ChargerChanged),
        _notice(LIMITS, ChargerLimits, AT_ONCE_S, OperationChanged),
        _notice(SECURITY, ChargerSecurityPage, AT_ONCE_S, *SECURED),
        _notice(FILES, ChargerFiles, AT_ONCE_S, OperationChanged),
        _notice(CONSOLE, ChargerConsole, AT_ONCE_S, MessageSeen),
        _notice(LOG, ChargerLog, WRITTEN_S, MessageSeen),
    )


def _notice(topic: str, state: type[rx.State], pause_s: float, *events: type) -> Notice:
    return Notice(topic, refresh_of(state), events, pause_s)
