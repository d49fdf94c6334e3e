"""Work that is remembered by the texts of a charger, which may be a megabyte long each."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from onetime.budgets import CACHED_TEXT_CHARACTERS

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def remembering(count: int) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Remember the last ``count`` results of a function for short texts; long ones are worked out each time."""

    def decorated(work: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        remembered = lru_cache(maxsize=count)(work)

        @wraps(work)
        def short_or_anew(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
            for each in arguments:
                if isinstance(each, str) and len(each) > CACHED_TEXT_CHARACTERS:
                    return work(*arguments, **named)
            return remembered(*arguments, **named)  # type: ignore[arg-type]  # texts, numbers and None

        return short_or_anew

    return decorated
