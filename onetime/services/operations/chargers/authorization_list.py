"""Push the authorization list: the accepted cards of the house, so that a charger lets them charge while offline."""

from dataclasses import replace
from typing import Any

from pydantic import Field

from onetime.clock import utc_now
from onetime.models import LocalList
from onetime.services.cards.local_lists import NO_LIST, Cards, plan_changes, plan_full, wanted_cards
from onetime.services.chargers.commands import CommandError, CommandFailedError
from onetime.services.chargers.settings import Reading, read_keys
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.ocpp_actions.local_list import GetLocalListVersion, SendLocalList, UpdateType
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run, always
from onetime.services.people.permissions import Permission
from onetime.texts import _

ENABLED, ROOM, LONGEST = "LocalAuthListEnabled", "LocalAuthListMaxLength", "SendLocalListMaxLength"
SMALLER = 4  # so many times smaller are the parts of a list that was refused
UNKNOWN_TO_IT = ("NotImplemented", "NotSupported")


class PushListParameters(OperationParameters):
    """Bring a charger's authorization list up to date with the accepted cards.

    Only what changed is sent where the charger still has what it was last sent; else, or where it refuses the changes,
    the whole list.
    """

    full: bool = Field(default=False, description="Send the whole list in any case.")


async def push_list(run: Run, wanted: PushListParameters) -> dict[str, Any]:
    """Send SendLocalList as often as it takes (section 5.15), and read the version back."""
    reading = await _settings(run)
    version = await _version(run, reading)
    cards = await run.database.read(lambda s: wanted_cards(s, utc_now()))
    room, longest = reading.number(ROOM), reading.number(LONGEST)
    messages: list[SendLocalList] = []
    if room is not None and len(cards) > room:
        msg = _("The list has room for {room} cards, and there are {count}.", room=room, count=len(cards))
        raise OperationFailedError(msg, "list-too-long")
    known = None if wanted.full else await _known(run, version)
    kind = "full" if known is None else "changes"
    if known is not None:
        messages = plan_changes(version, known, cards, longest)
        if not await _send(run, messages):
            run.step(_("The charger refuses the changes, so the whole list is sent."))
            version, kind, known = await _version(run, reading), "full", None
    if known is None:
        messages = await _send_whole(run, reading, version, cards)
    reached = await _check(run, messages, reading) if messages else version
    return {"version": reached, "cards": len(cards), "sent": kind if messages else "nothing", "messages": len(messages)}


async def _send_whole(run: Run, reading: Reading, version: int, cards: Cards) -> list[SendLocalList]:
    """Send the whole list, in smaller and smaller parts where it is refused; return what the charger took."""
    size = min(len(cards), reading.number(LONGEST) or len(cards))
    while True:
        messages = plan_full(version, cards, size or None)
        if await _send(run, messages):
            return messages
        if size <= 1:
            raise OperationFailedError(_("{identity} refuses the list.", identity=run.charger.identity), "rejected")
        size = max(1, size // SMALLER)
        run.step(_("The charger refuses the list, so it is sent in parts of {count} cards.", count=size))
        version = await _version(run, reading)


async def _settings(run: Run) -> Reading:
    try:
        return await read_keys(run.send, [ENABLED, ROOM, LONGEST])
    except CommandError:
        return Reading()


async def _version(run: Run, reading: Reading) -> int:
    """Return the version the charger has; a list that is switched off is switched on, whatever version it tells."""
    setting = reading.settings.get(ENABLED.casefold())
    if setting is not None and not setting.readonly and reading.flag(ENABLED) is False:
        answer = await run.send(ChangeConfiguration(key=setting.key, value="true"))
        if answer.get("status") in ("Accepted", "RebootRequired"):
            run.step(_("The list was switched off; it is on now."))
        reading.settings[ENABLED.casefold()] = replace(setting, value="true")  # asked once
    version = await _ask_version(run)
    if version <= NO_LIST:
        msg = _("{identity} has no authorization list.", identity=run.charger.identity)
        raise OperationFailedError(msg, "not-supported")
    return version


async def _ask_version(run: Run) -> int:
    try:
        answer = await run.send(GetLocalListVersion())
    except CommandFailedError as error:
        if error.code in UNKNOWN_TO_IT:
            return NO_LIST
        raise
    version = answer.get("listVersion")
    return version if isinstance(version, int) else NO_LIST


async def _known(run: Run, version: int) -> Cards | None:
    """Return the cards the charger has, or None where that is not known for sure."""
    row = await run.database.read(lambda s: s.get(LocalList, run.charger.id))
    return row.cards if row is not None and row.version == version and version > 0 else None


async def _send(run: Run, messages: list[SendLocalList]) -> bool:
    """Send the messages, and say whether the charger took them all. Raises ``OperationFailedError`` without a list."""
    for number, message in enumerate(messages, 1):
        status = await _taken(run, message)
        count = len(message.local_authorization_list or ())
        if message.update_type is UpdateType.FULL:
            run.step(_("List of {count} cards: {status}", count=count, status=status), number * 100 // len(messages))
        else:
            run.step(_("{count} changes: {status}", count=count, status=status), number * 100 // len(messages))
        if status == "NotSupported":
            msg = _("{identity} has no authorization list.", identity=run.charger.identity)
            raise OperationFailedError(msg, "not-supported")
        if status != "Accepted":
            return False
    return True


async def _taken(run: Run, message: SendLocalList) -> str:
    """Send one message and return the charger's word for it; a CALLERROR may be about its length."""
    try:
        return str((await run.send(message)).get("status", ""))
    except CommandFailedError as error:
        return "NotSupported" if error.code in UNKNOWN_TO_IT else error.code


async def _check(run: Run, messages: list[SendLocalList], reading: Reading) -> int:
    version = await _version(run, reading)
    if version != messages[-1].list_version:
        msg = _("{identity} accepted the list, but still has version {version}.", identity=run.charger.identity,
                version=version)  # fmt: skip
        raise OperationFailedError(msg, "not-kept")
    return version


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation(
        "push_authorization_list", PushListParameters, Permission.PUSH_CARDS, push_list, always("authorization list")
    ),
)
