"""Texts of the pages. They are compiled into the frontend in all languages; the page picks the viewer's.

Text a page shows is ``t("…")``; a sentence said by the server is ``_("…")`` from ``onetime.texts``.
"""

import json
from typing import Any

import reflex as rx

from onetime.texts import LANGUAGES, translated
from onetime.web.frame.session import Session
from onetime.web.frame.texts.format import helper


def t(text: str, **values: Any) -> rx.Var[str]:
    """Return ``text`` in the viewer's language. Placeholders are named: ``t("{count} more", count=State.count)``."""
    choices = {language: translated(text, language) for language in LANGUAGES}
    return helper("say", Session.language, rx.Var(json.dumps(choices, ensure_ascii=False)), _values(values)).to(str)


def choice(texts: dict[str, rx.Var[str]], key: Any) -> rx.Var[str]:
    """Return the text that belongs to ``key``, which is only known in the page; the key itself where there is none."""
    return helper("pick", _values(texts), key).to(str)


def _values(values: dict[str, Any]) -> rx.Var[Any]:
    return rx.Var.create(values)
