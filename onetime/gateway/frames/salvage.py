"""What can be read of a message about energy, without the parts that cannot.

A charger repeats a refused transaction message a few times and then forgets it (OCPP 1.6 edition 2, section 3.7.1), and
with it the energy. So what no one can read is left out, reading by reading and field by field, and the session is
stored with the rest; a register or a connector that is missing then is a doubt, and no reason to refuse.
"""

import re
from typing import Any, TypeVar

import msgspec

from onetime.gateway.frames.messages import Message, MeterValues, StartTransaction, StopTransaction

M = TypeVar("M", bound=Message)

ABOUT_ENERGY: frozenset[type[Message]] = frozenset({StartTransaction, StopTransaction, MeterValues})
MOST_LEFT_OUT = 50  # parts of one message; of a field with more nothing is read
_PATH = re.compile(r"`\$\.([A-Za-z]+)((?:\.[A-Za-z]+|\[\d+\])*)`$")
_STEP = re.compile(r"\.([A-Za-z]+)|\[(\d+)\]")
_FACTS = ("idTag", "meterStart", "timestamp")


def salvaged(content: Any, kind: type[M]) -> M:
    """Return a message without what cannot be read; ``content`` loses it too.

    Raises ``msgspec.ValidationError`` where nothing is left that tells of a session, or of which connector's readings.
    """
    left_out = 0
    while True:
        if kind is StartTransaction and isinstance(content, dict) and any(name in content for name in _FACTS):
            content.setdefault("connectorId", 0)  # which plug that means is known where the sessions are
        try:
            return msgspec.convert(content, kind, strict=False)
        except msgspec.ValidationError as error:
            left_out += 1
            if kind not in ABOUT_ENERGY or not _leave_out(content, str(error), whole=left_out > MOST_LEFT_OUT):
                raise


def _leave_out(content: Any, error: str, *, whole: bool) -> bool:
    """Leave out the item of a list that cannot be read, else the field, or all of it; return whether there was one."""
    match = _PATH.search(error)
    if match is None or not isinstance(content, dict) or match[1] not in content:
        return False
    steps = [(name or None, int(place) if place else None) for name, place in _STEP.findall(match[2])]
    items = [number for number, (_name, place) in enumerate(steps) if place is not None]
    if whole or not items:
        del content[match[1]]
        return True
    holder = content[match[1]]
    for name, place in steps[: items[-1]]:
        holder = holder[name if name is not None else place]
    del holder[steps[items[-1]][1]]
    return True
