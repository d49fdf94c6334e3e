"""Keep the catalogues of texts complete: ``python -m onetime.web.frame.texts.catalogues update`` or ``check``.

``update`` reads every marked text out of the code and adds it to the catalogues, empty where a translation is
missing. ``check`` changes nothing and says what is missing, empty, no longer used, or has other placeholders.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from onetime.texts import CATALOGUES, LANGUAGES

PACKAGE = CATALOGUES.parent
KEYWORDS: dict[str, None] = {"_": None, "t": None}
TRANSLATED = tuple(language for language in LANGUAGES if language != "en")

_PLACEHOLDER = re.compile(r"\{(\w*)\}")


def extracted() -> dict[str, list[tuple[str, int]]]:
    """Return every marked text of the code, with the places it is used at."""
    texts: dict[str, list[tuple[str, int]]] = {}
    found = extract_from_dir(str(PACKAGE), [("**.py", "python")], keywords=KEYWORDS)
    for file_name, line, message, _comments, _context in found:
        if isinstance(message, str) and message:
            texts.setdefault(message, []).append((file_name, line))
    return texts


def path_of(language: str) -> Path:
    """Return where a language's catalogue lies."""
    return CATALOGUES / language / "LC_MESSAGES" / "onetime.po"


def read(language: str) -> Catalog:
    """Return a language's catalogue; an empty one where there is none yet."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Onetime", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def problems(language: str, texts: dict[str, list[tuple[str, int]]]) -> Iterator[str]:
    """Yield what is wrong with a language's catalogue, one sentence each."""
    catalogue = read(language)
    for text in texts:
        message = catalogue.get(text)
        if message is None:
            yield f"{language}: “{text}” is missing."
        elif not message.string or message.fuzzy:
            yield f"{language}: “{text}” is not translated."
        elif sorted(_PLACEHOLDER.findall(text)) != sorted(_PLACEHOLDER.findall(str(message.string))):
            yield f"{language}: “{text}” has other placeholders than its translation."
    for message in catalogue:
        if message.id and message.id not in texts:
            yield f"{language}: “{message.id}” is not used any more."


def update(language: str, texts: dict[str, list[tuple[str, int]]]) -> None:
    """Write a language's catalogue with exactly the texts of the code, keeping the translations there are."""
    before = read(language)
    after = Catalog(locale=language, project="Onetime", charset="utf-8", fuzzy=False)
    for text in sorted(texts, key=str.casefold):
        known = before.get(text)
        files = sorted({file_name for file_name, _line in texts[text]})
        after.add(text, string=str(known.string) if known else "", locations=[(name, 0) for name in files])
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        # Line numbers, dates and wrapping would change lines nobody touched.
        write_po(file, after, width=0, include_lineno=False, omit_header=True)


def main(arguments: list[str]) -> int:
    """Run the command; 1 when a check found something, 2 when it was not understood."""
    if arguments not in (["update"], ["check"]):
        print("Type: python -m onetime.web.frame.texts.catalogues update (or check)", file=sys.stderr)  # noqa: T201 - a command line
        return 2
    texts = extracted()
    if arguments == ["update"]:
        for language in TRANSLATED:
            update(language, texts)
    found = [problem for language in TRANSLATED for problem in problems(language, texts)]
    for problem in found:
        print(problem)  # noqa: T201 - a command line
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
