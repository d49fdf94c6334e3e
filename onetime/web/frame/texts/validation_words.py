"""What is wrong with typed values, in sentences, from what pydantic found."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from onetime.texts import Text, _


def mistakes(error: ValidationError) -> list[Text]:
    """Return one sentence for each mistake, which names the place: “chargingSchedule.duration: …”."""
    return [_mistake(found) for found in error.errors(include_url=False, include_input=True)]


def first_mistake(error: ValidationError) -> Text:
    """Return the sentence of the first mistake."""
    return mistakes(error)[0]


def _mistake(found: ErrorDetails) -> Text:
    place = ".".join(str(part) for part in found["loc"]) or _("the whole")
    what = _what(found["type"], found.get("ctx") or {}, found["msg"])
    return _("{place}: {what}", place=place, what=what)


def _what(kind: str, context: dict[str, Any], message: str) -> str:
    """Return what is wrong; pydantic's own words where there are no better ones."""
    if kind == "value_error":
        return str(context.get("error", message))
    words = _WORDS.get(kind)
    return message if words is None else _(words, **{name: str(value) for name, value in context.items()})


_WORDS: dict[str, Text] = {
    "missing": _("it is missing."),
    "extra_forbidden": _("there is no such field."),
    "string_type": _("it must be a text, in quotation marks."),
    "string_too_long": _("it may have {max_length} characters at most."),
    "string_too_short": _("it must have at least {min_length} characters."),
    "too_short": _("it needs at least {min_length} entries."),
    "int_type": _("it must be a whole number."),
    "int_parsing": _("it must be a whole number."),
    "int_from_float": _("it must be a whole number."),
    "float_type": _("it must be a number."),
    "float_parsing": _("it must be a number."),
    "bool_type": _("it must be true or false."),
    "bool_parsing": _("it must be true or false."),
    "enum": _("it must be {expected}."),
    "literal_error": _("it must be {expected}."),
    "greater_than": _("it must be more than {gt}."),
    "greater_than_equal": _("it must be at least {ge}."),
    "less_than_equal": _("it may be {le} at most."),
    "list_type": _("it must be a list, in square brackets."),
    "model_type": _("it must be an object, in braces."),
    "dict_type": _("it must be an object, in braces."),
    "timezone_aware": _("the time needs its zone, such as Z."),
    "datetime_parsing": _("it must be a time such as 2026-10-05T18:00:00Z."),
    "datetime_from_date_parsing": _("it must be a time such as 2026-10-05T18:00:00Z."),
    "datetime_type": _("it must be a time such as 2026-10-05T18:00:00Z."),
}
