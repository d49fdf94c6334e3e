"""The short way of a plain MeterValues: decoded, stored and answered without a task of its own.

Nearly all a house hears are readings of running sessions, and on the quarter-hour they all come at once. One that is
as the specification wants it, from an accepted charger, prompt and plausible, needs nothing but its row and the
commit. Whatever is not plain in any respect goes the long way through ``gateway.sockets.connection``, which repairs,
asks and doubts; the short way changes nothing before it is sure.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from onetime.clock import utc_now
from onetime.events import ChargerReported
from onetime.gateway.frames.answering import INTERNAL_ERROR
from onetime.gateway.frames.journal import Journal
from onetime.gateway.frames.plain_readings import decode_plain, plain_reading
from onetime.gateway.frames.syntax import encode_error, encode_result
from onetime.models import Registration
from onetime.services.runtime import Services
from onetime.store.group_commit import DatabaseClosedError, DatabaseError

logger = logging.getLogger(__name__)

ACTION = "MeterValues"
_HEAD = 128  # bytes within which the action is found: an id has at most 36 characters
_MARK = b'"MeterValues"'

Answered = Callable[[str, str, str], None]  # message id, the call's text, the answer's
Known = Callable[[str], bool]


class Express:
    """Takes the plain readings of one charger, one at a time.

    ``is_known`` says whether a message id was answered before; ``answered`` sends an answer and remembers it.
    """

    def __init__(
        self, services: Services, charger_id: int, journal: Journal, is_known: Known, answered: Answered
    ) -> None:
        self._services = services
        self._charger_id = charger_id
        self._journal = journal
        self._is_known = is_known
        self._answered = answered
        self._free: asyncio.Future[None] | None = None
        self.is_busy = False

    def take(self, data: bytes) -> bool:
        """Take a frame and answer it after its commit, or return False and have done nothing."""
        if self.is_busy or _MARK not in data[:_HEAD] or self._services.bus.wants(ChargerReported, self._charger_id):
            return False  # an operation may wait for this very message, and the long way tells it
        try:
            _kind, message_id, _action, request = decode_plain(data)
            text = str(data, "utf-8")
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        if self._is_known(message_id) or not self._is_accepted:
            return False
        received_at = utc_now()
        reading = plain_reading(request, received_at)
        if reading is None:
            return False
        stored = partial(self._stored, message_id, text, received_at)
        try:
            self.is_busy = self._services.sessions.metering.take(
                self._charger_id, request.connector_id, request.transaction_id, reading, received_at, stored
            )
        except DatabaseClosedError:
            return False
        return self.is_busy

    async def rest(self) -> None:
        """Return once what was taken is answered: what comes later must not overtake it."""
        while self.is_busy:
            self._free = self._free or asyncio.get_running_loop().create_future()
            await asyncio.shield(self._free)

    @property
    def _is_accepted(self) -> bool:
        return self._services.chargers.live.charger(self._charger_id).registration is Registration.ACCEPTED

    def _stored(self, message_id: str, text: str, received_at: datetime, _result: Any, error: Exception | None) -> None:
        """Answer, after the commit."""
        self.is_busy = False
        if self._free is not None:
            self._free.set_result(None)
            self._free = None
        if error is None:
            answer, problem = encode_result(message_id, {}), None
        else:
            description = _describe(error)
            answer, problem = encode_error(message_id, INTERNAL_ERROR, description), f"{INTERNAL_ERROR}: {description}"
        self._answered(message_id, text, answer)
        self._journal.exchange(text, received_at, answer, utc_now(), ACTION, problem)


def _describe(error: Exception) -> str:
    if isinstance(error, DatabaseError):
        return str(error)
    logger.error("A reading could not be stored.", exc_info=error)
    return "an unexpected error, see the log"
