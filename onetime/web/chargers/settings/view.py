"""A charger's settings as its page lists them, from what the last operations have read and written."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from onetime.models import OperationRecord, OperationState
from onetime.services.chargers.secrets import HIDDEN
from onetime.services.operations.chargers.settings_writing import ELSEWHERE
from onetime.texts import _, say
from onetime.web.chargers.settings.words import Kind, words_of


@dataclasses.dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting. ``hidden``: it has a value the charger does not show. ``fixed``: it cannot be changed here."""

    key: str
    value: str
    what: str
    kind: str
    hidden: bool
    fixed: bool


@dataclasses.dataclass(frozen=True, slots=True)
class SettingsSeen:
    """What is known of a charger's settings, and when all of them were read."""

    lines: list[SettingLine]
    read_at: datetime | None


def seen_settings(records: Sequence[OperationRecord], language: str) -> SettingsSeen:
    """Return the settings as operations found them; ``records`` come with the newest first."""
    known: dict[str, dict[str, Any]] = {}
    read_at: datetime | None = None
    for record in reversed(records):
        result = record.result or {}
        if record.name == "read_settings" and record.state is OperationState.DONE:
            if not record.parameters.get("keys"):
                known, read_at = {}, record.ended_at
            known |= {found["key"].casefold(): found for found in result.get("settings", [])}
        elif record.name == "write_settings" and known:
            _take_written(known, result)
    lines = [_line(found, language) for found in known.values()]
    return SettingsSeen(sorted(lines, key=lambda line: line.key.casefold()), read_at)


def _take_written(known: dict[str, dict[str, Any]], result: dict[str, Any]) -> None:
    """Take over what writing has read back."""
    for written in result.get("settings", []):
        setting = known.get(written["key"].casefold())
        if setting is not None and written.get("value") is not None:
            known[written["key"].casefold()] = setting | {"value": written["value"]}


def _choice(found: dict[str, Any], language: str) -> list[str]:
    """Return who wrote a setting in the place of the house's own."""
    if not found.get("chosen_by"):
        return []
    name, value = str(found["chosen_by"]).removeprefix("api:"), found.get("house_value")
    return [say(_("Set by {name}; the house would set {value}.", name=name, value=value), language)]


def _line(found: dict[str, Any], language: str) -> SettingLine:
    key, value = str(found["key"]), found.get("value")
    is_shown = value is not None and value != HIDDEN
    words = words_of(key)
    return SettingLine(
        key=key,
        value=str(value) if is_shown else "",
        what=" ".join([*([say(words.what, language)] if words else []), *_choice(found, language)]),
        kind=(words.kind if words else Kind.TEXT).value,
        hidden=not is_shown,
        fixed=bool(found.get("readonly")) or key.casefold() in ELSEWHERE,
    )
