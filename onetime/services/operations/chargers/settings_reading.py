"""Read a charger's settings, as many as it will tell."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from onetime.bounds import Text
from onetime.models import ChosenSetting
from onetime.services.chargers.house_settings import chosen_settings, wishes_for
from onetime.services.chargers.settings import Reading, own_spelling, read_all, read_keys
from onetime.services.operations.base import Operation, OperationParameters, Run
from onetime.services.people.permissions import Permission
from onetime.texts import _

Key = Annotated[Text, Field(min_length=1, max_length=50)]


class ReadSettingsParameters(OperationParameters):
    """Read settings, all or those named. They are asked for in portions the charger can answer (evcc #15869)."""

    keys: list[Key] | None = Field(default=None, max_length=500, description="Configuration keys, in any case.")


async def read_settings(run: Run, wanted: ReadSettingsParameters) -> dict[str, Any]:
    """Send GetConfiguration as often as it takes (section 5.8)."""
    keys = [own_spelling(key) for key in wanted.keys or ()]
    reading = await (read_keys(run.send, keys) if keys else read_all(run.send))
    run.step(_("{count} settings were read.", count=len(reading.settings)))
    chosen = await run.database.read(lambda s: chosen_settings(s, run.charger.id))
    return describe(reading, chosen)


def describe(reading: Reading, chosen: Mapping[str, ChosenSetting]) -> dict[str, Any]:
    """Return settings as JSON, by key; those that somebody wrote in the place of the house's own say so."""
    settings = sorted(reading.settings.values(), key=lambda setting: setting.key.casefold())
    return {
        "settings": [
            {"key": s.key, "value": s.value, "readonly": s.readonly, **_choice(chosen.get(s.key.casefold()))}
            for s in settings
        ],
        "unknown": reading.unknown,
        "unread": reading.unread,
    }


def _choice(row: ChosenSetting | None) -> dict[str, Any]:
    return {} if row is None else {"chosen_by": row.chosen_by, "house_value": wishes_for(row.key)[0]}


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("read_settings", ReadSettingsParameters, Permission.SEND_COMMAND, read_settings),
)
