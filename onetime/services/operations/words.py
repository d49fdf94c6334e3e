"""Sentences in the database: kept with what it takes to say them in another language later."""

from collections.abc import Sequence
from typing import Any

from onetime.texts import Text, _


def pack(text: str) -> dict[str, Any]:
    """Return a sentence as JSON."""
    if not isinstance(text, Text):
        return {"text": text}
    params = {name: pack(value) if isinstance(value, str) else value for name, value in text.params.items()}
    return {"text": text.msgid, "params": params}


def unpack(content: dict[str, Any]) -> str:
    """Return a sentence as it was before ``pack``, ready for ``say``."""
    if "params" not in content:
        return str(content["text"])
    params = {name: unpack(value) if isinstance(value, dict) else value for name, value in content["params"].items()}
    return Text(content["text"], params)


def join(sentences: Sequence[Text]) -> Text:
    """Return several sentences as one text."""
    together, *others = sentences
    for sentence in others:
        together = _("{first} {then}", first=together, then=sentence)
    return together
