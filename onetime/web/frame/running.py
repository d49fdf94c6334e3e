"""The parts of the pages that run in this process, such as the feed of the board; each is found by its class."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar, cast

Part = TypeVar("Part")

_parts: dict[type, object] = {}


def part(kind: type[Part]) -> Part:
    """Return the part of this class. Raises ``RuntimeError`` before the start and after the end."""
    found = _parts.get(kind)
    if found is None:
        msg = f"The pages are not running in this process: there is no {kind.__name__}."
        raise RuntimeError(msg)
    return cast(Part, found)


@contextmanager
def holding(*parts: object) -> Iterator[None]:
    """Hand these parts out while the block runs."""
    _parts.update({type(each): each for each in parts})
    try:
        yield
    finally:
        for each in parts:
            _parts.pop(type(each), None)
