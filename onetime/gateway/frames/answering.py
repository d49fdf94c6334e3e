"""Answering: one call of a charger in, its answer out. No sockets here.

It decides what is answered: unknown actions, unreadable payloads and chargers nobody has accepted get the
CALLERROR the specification asks for, everything else goes to its handler.
"""

import logging
from dataclasses import dataclass
from typing import Final

from onetime.clock import utc_now
from onetime.events import ChargerReported
from onetime.gateway.frames.handlers import HANDLERS, Context
from onetime.gateway.frames.payloads import PayloadError, decode
from onetime.gateway.frames.repairs import Repair, kind_of
from onetime.gateway.frames.syntax import Call, encode_error, encode_result
from onetime.gateway.frames.times import TimeUnknownError
from onetime.models import Registration
from onetime.services.ocpp_actions.table import ACTIONS
from onetime.services.runtime import Services
from onetime.store.group_commit import DatabaseError

logger = logging.getLogger(__name__)

# OCPP-J 1.6, table 7, with the spellings of 1.6
NOT_IMPLEMENTED: Final = "NotImplemented"
NOT_SUPPORTED: Final = "NotSupported"
SECURITY_ERROR: Final = "SecurityError"
INTERNAL_ERROR: Final = "InternalError"
PROPERTY_CONSTRAINT: Final = "PropertyConstraintViolation"


@dataclass(frozen=True, slots=True)
class Reply:
    """The frame to send back, and what was wrong with the call, if anything, and was repaired."""

    frame: str
    problem: str | None = None
    repair: Repair | None = None


async def answer(services: Services, charger_id: int, call: Call, raw: str) -> Reply:
    """Return the answer to a charger's call, after everything it leads to is safe in the database."""
    entry = HANDLERS.get(call.action)
    if entry is None:
        code = NOT_SUPPORTED if call.action in ACTIONS else NOT_IMPLEMENTED
        return _refusal(call, code, f"{call.action} is not handled here")
    if not _is_admitted(services, charger_id, call.action):
        return _refusal(call, SECURITY_ERROR, "not accepted yet")
    kind, handler = entry
    try:
        request, repaired = decode(call.payload, kind)
        payload = await handler(Context(services, charger_id, utc_now(), raw), request)
    except PayloadError as error:
        return _refusal(call, error.code, str(error))
    except ValueError as error:
        return _refusal(call, PROPERTY_CONSTRAINT, str(error))
    except (DatabaseError, TimeUnknownError) as error:
        return _refusal(call, INTERNAL_ERROR, str(error))
    except Exception:
        logger.exception("%s could not be handled.", call.action)
        return _refusal(call, INTERNAL_ERROR, "an unexpected error, see the log")
    status = getattr(request, "status", None)
    services.bus.publish(ChargerReported(charger_id, call.action, status, request, payload))
    problem = repaired or call.problem
    return Reply(encode_result(call.message_id, payload), problem, kind_of(problem) if problem else None)


def _is_admitted(services: Services, charger_id: int, action: str) -> bool:
    """Let every charger boot, and an accepted one say anything (OCPP-J 1.6 errata 3.8)."""
    if action == "BootNotification":
        return True
    return services.chargers.live.charger(charger_id).registration is Registration.ACCEPTED


def _refusal(call: Call, code: str, description: str) -> Reply:
    return Reply(encode_error(call.message_id, code, description), f"{code}: {description}")
