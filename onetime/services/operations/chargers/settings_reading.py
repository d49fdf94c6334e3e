"""Read a charger's settings, as many as it will tell."""

from typing import Annotated, Any

from pydantic import Field

from onetime.services.chargers.settings import Reading, read_all, read_keys
from onetime.services.operations.base import Operation, OperationParameters, Run
from onetime.services.people.permissions import Permission
from onetime.texts import _

Key = Annotated[str, Field(min_length=1, max_length=50)]


class ReadSettingsParameters(OperationParameters):
    """Read settings, all or those named. They are asked for in portions the charger can answer (evcc #15869)."""

    keys: list[Key] | None = Field(default=None, max_length=500, description="Configuration keys, in any case.")


async def read_settings(run: Run, wanted: ReadSettingsParameters) -> dict[str, Any]:
    """Send GetConfiguration as often as it takes (section 5.8)."""
    reading = await (read_keys(run.send, wanted.keys) if wanted.keys else read_all(run.send))
    run.step(_("{count} settings were read.", count=len(reading.settings)))
    return describe(reading)


def describe(reading: Reading) -> dict[str, Any]:
    """Return settings as JSON, by key."""
    settings = sorted(reading.settings.values(), key=lambda setting: setting.key.casefold())
    return {
        "settings": [{"key": s.key, "value": s.value, "readonly": s.readonly} for s in settings],
        "unknown": reading.unknown,
        "unread": reading.unread,
    }


OPERATIONS: tuple[Operation[Any], ...] = (
    Operation("read_settings", ReadSettingsParameters, Permission.SEND_COMMAND, read_settings),
)
