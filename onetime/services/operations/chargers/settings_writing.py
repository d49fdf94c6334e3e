"""Write a charger's settings, and read back what it made of them."""

from typing import Annotated, Any

from pydantic import Field, field_validator

from onetime.bounds import Integer, Text
from onetime.services.chargers.commands import CommandError
from onetime.services.chargers.house_settings import wishes_for
from onetime.services.chargers.settings import STANDARD_KEYS, Reading, Setting, own_spelling, read_all, read_keys
from onetime.services.chargers.vendors import quirks_of
from onetime.services.ocpp_actions.configuration import ChangeConfiguration
from onetime.services.operations.base import Operation, OperationFailedError, OperationParameters, Run, always
from onetime.services.operations.words import join
from onetime.services.people.permissions import Permission
from onetime.texts import _

# What has an operation of its own, because a mistake would lock the charger out.
ELSEWHERE = {"authorizationkey": "change_password", "securityprofile": "raise_security_profile"}
MEASURANDS = ("metervaluessampleddata", "metervaluesaligneddata", "stoptxnsampleddata", "stoptxnaligneddata")

Value = Annotated[Text, Field(max_length=500)]


class WriteSettingsParameters(OperationParameters):
    """Write settings, and read each back. One that only holds after a restart is remembered until then."""

    settings: dict[Annotated[Text, Field(min_length=1, max_length=50)], Value | bool | Integer] = Field(
        min_length=1, max_length=50, description="Configuration key → value; keys in any case."
    )

    @field_validator("settings")
    @classmethod
    def _not_elsewhere(cls, settings: dict[str, str | bool | int]) -> dict[str, str | bool | int]:
        for key in settings:
            if operation := ELSEWHERE.get(key.casefold()):
                raise ValueError(f"{key} is changed by the operation {operation}")
        return settings


async def write_settings(run: Run, wanted: WriteSettingsParameters) -> dict[str, Any]:
    """Send ChangeConfiguration for each key (section 5.3), unless it is known that it must not or cannot be."""
    before = await _read(run, [own_spelling(key) for key in wanted.settings])
    if missing := [key for key in wanted.settings if key.casefold() not in before.settings]:
        before.settings = await _all_settings(run, before, missing)
    outcomes: dict[str, str] = {}
    for key, value in wanted.settings.items():
        outcomes[key] = await _write(run, key, _text(value), before)
    after = await _read(run, [_spelt(key, before) for key, outcome in outcomes.items() if outcome == "Accepted"])
    for key, outcome in outcomes.items():
        if outcome == "Accepted":
            outcomes[key] = _judge(after, key, _text(wanted.settings[key]))
    result = _result(wanted, outcomes, after)
    failed = [key for key, outcome in outcomes.items() if outcome not in ("written", "reboot-needed")]
    if failed:
        raise OperationFailedError(join([_REASONS[outcomes[key]](key) for key in failed]), outcomes[failed[0]], result)
    return result


async def _read(run: Run, keys: list[str]) -> Reading:
    """Read what can be read: a setting may be written all the same."""
    try:
        return await read_keys(run.send, keys) if keys else Reading()
    except CommandError:
        return Reading()


async def _write(run: Run, key: str, value: str, before: Reading) -> str:
    """Write one setting and return the charger's answer, or why it was not asked."""
    known = before.settings.get(key.casefold())
    if known is not None and known.readonly:
        return "read-only"
    only = quirks_of(run.charger).measurands
    if only and key.casefold() in MEASURANDS and value not in ("", only):
        return "dangerous"
    answer = await run.send(ChangeConfiguration(key=_spelt(key, before), value=value))
    status = str(answer.get("status", ""))
    run.step(_("{key}: {status}", key=key, status=status))
    wishes = wishes_for(key)
    if wishes and value not in wishes and status in ("Accepted", "RebootRequired"):
        msg = _("This house would set {key} to {wish}, for exact bills. Yours stays until you write that.", key=key,
                wish=wishes[0])  # fmt: skip
        run.step(msg)
    return {"Accepted": "Accepted", "RebootRequired": "reboot-needed", "NotSupported": "not-supported"}.get(
        status, "rejected"
    )


def _spelt(key: str, before: Reading) -> str:
    """Return a key as the charger spells it, or as widespread chargers do."""
    known = before.settings.get(key.casefold())
    return known.key if known else own_spelling(key)


async def _all_settings(run: Run, before: Reading, missing: list[str]) -> dict[str, Setting]:
    """Return what is known, with what the charger lists of keys it did not know as they were typed."""
    if all(key in STANDARD_KEYS for key in missing) or not before.unknown:
        return before.settings
    try:
        listed = await read_all(run.send)
    except CommandError:
        return before.settings
    return listed.settings | before.settings


def _judge(after: Reading, key: str, value: str) -> str:
    """Say whether a setting now reads as it was written; one that is not shown has to be believed."""
    shown = after.text(key)
    return "written" if shown is None or _same(shown, value) else "not-kept"


def _same(shown: str, asked: str) -> bool:
    def parts(text: str) -> list[str]:
        return [part.strip().casefold() for part in text.split(",")]

    return parts(shown) == parts(asked)


def _result(wanted: WriteSettingsParameters, outcomes: dict[str, str], after: Reading) -> dict[str, Any]:
    settings = [
        {"key": key, "asked": _text(value), "value": after.text(key), "outcome": outcomes[key]}
        for key, value in wanted.settings.items()
    ]
    return {"settings": settings, "reboot_needed": "reboot-needed" in outcomes.values()}


def _text(value: str | bool | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_REASONS = {
    "read-only": lambda key: _("{key} can only be read.", key=key),
    "dangerous": lambda key: _("{key} is not written: chargers of this make never start again with it.", key=key),
    "not-supported": lambda key: _("The charger does not know {key}.", key=key),
    "rejected": lambda key: _("The charger refuses this value of {key}.", key=key),
    "not-kept": lambda key: _("The charger accepted {key}, but does not keep it.", key=key),
}

OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("write_settings", WriteSettingsParameters, Permission.SEND_COMMAND, write_settings, always("settings")),
)
