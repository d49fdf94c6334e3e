"""Texts people read: English in the code, and the catalogues of the other languages.

``_("…")`` marks a sentence for the catalogue. What it returns is the English sentence, so a log or the command
line can use it as it is, and it remembers enough to be said in another language later.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

LANGUAGES = {"en": "English", "de": "Deutsch", "fr": "Français", "it": "Italiano"}
CATALOGUES = Path(__file__).parent / "locales"


@runtime_checkable
class InWords(Protocol):
    """What every language calls differently, such as a month: as a placeholder's value it is said in the reader's."""

    def in_words(self, language: str) -> str:
        """Return what it is called in ``language``."""
        ...


class Text(str):
    """An English sentence that can be said in the other languages too."""

    __slots__ = ("msgid", "params")

    msgid: str
    params: dict[str, Any]

    def __new__(cls, msgid: str, params: dict[str, Any]) -> Self:
        """Fill the placeholders of ``msgid`` with ``params``."""
        values = {name: _short(value) for name, value in params.items()}
        text = super().__new__(cls, msgid.format(**values) if params else msgid)
        text.msgid = msgid
        text.params = params
        return text


def _(msgid: str, **params: Any) -> Text:
    """Mark a sentence for the catalogue. Placeholders are named: ``_("{count} sessions", count=3)``."""
    return Text(msgid, params)


def say(text: str, language: str) -> str:
    """Return ``text`` in ``language``; a text that was never marked stays as it is."""
    if not isinstance(text, Text):
        return text
    params = {name: _said(value, language) for name, value in text.params.items()}
    return translated(text.msgid, language).format(**params) if params else translated(text.msgid, language)


def _said(value: Any, language: str) -> Any:
    if isinstance(value, InWords):
        return value.in_words(language)
    return say(value, language) if isinstance(value, str) else _short(value)


def _short(value: Any) -> Any:
    """Return 10.0 as 10: a sentence says "10 A"."""
    return f"{value:.10g}" if isinstance(value, float) else value


def translated(msgid: str, language: str) -> str:
    """Return the catalogue's entry for an English text; the English itself where there is none."""
    return catalogue(language).get(msgid) or msgid


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> dict[str, str]:
    """Return English text → text in ``language``. English has no catalogue: the code is its source."""
    path = CATALOGUES / language / "LC_MESSAGES" / "onetime.po"
    if language == "en" or not path.exists():
        return {}
    from babel.messages.pofile import read_po  # with the first text in another language: no charger waits for it

    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale=language) if message.id}
