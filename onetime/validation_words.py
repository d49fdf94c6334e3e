"""What is wrong with typed values, in sentences, from what pydantic found."""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from onetime.texts import Text, _


def mistakes(error: ValidationError) -> list[Text]:
    """Return one sentence for each mistake, which names the place: “chargingSchedule.duration: …”."""
    return sentences(error.errors(include_url=False, include_input=True))


def sentences(errors: Iterable[Mapping[str, Any]]) -> list[Text]:
    """Return one sentence for each of pydantic's findings."""
    return [_mistake(found) for found in errors]


def first_mistake(error: ValidationError) -> Text:
    """Return the sentence of the first mistake."""
    return mistakes(error)[0]


def _mistake(found: Mapping[str, Any]) -> Text:
    place = ".".join(str(part) for part in found["loc"]) or _("the whole")
    what = _what(found["type"], found.get("ctx") or {})
    return _("{place}: {what}", place=place, what=what)


def _what(kind: str, context: Mapping[str, Any]) -> str:
    """Return what is wrong: a rule's own sentence, or ours. Pydantic's words are those of a programmer."""
    if kind == "value_error":
        error = context.get("error")
        return error.args[0] if isinstance(error, Exception) and error.args else str(error or _NOT_UNDERSTOOD)
    words = _WORDS.get(kind, _NOT_UNDERSTOOD)
    return _(words, **{name: str(value) for name, value in context.items()})


_NOT_UNDERSTOOD = _("it is not understood.")
_WORDS: dict[str, Text] = {
    "json_invalid": _("it is no JSON."),
    "string_pattern_mismatch": _("it has characters that do not belong there, or lacks some."),
    "too_long": _("it may have {max_length} entries at most."),
    "less_than": _("it must be less than {lt}."),
    "finite_number": _("it must be a number."),
    "int_parsing_size": _("it is too large."),
    "model_attributes_type": _("it must be an object, in braces."),
    "datetime_object_invalid": _("it must be a time such as 2026-10-05T18:00:00Z."),
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
