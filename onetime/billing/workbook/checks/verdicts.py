"""Verdicts of the sheet of checks: OK, or to be looked at, by a live formula."""

from xlsxwriter.worksheet import Worksheet

from onetime.billing.workbook.book import Book, Page
from onetime.billing.workbook.cells import Formula

# All tables of the sheet share these columns; the verdict stands right of what it is about.
WIDTHS = (50, 11, 20, 16, *[17] * 9)
RESULT = 1


def verdict(book: Book, condition: str, holds: bool) -> Formula:
    """Return the verdict on a condition, written as a formula's text, that is known to hold or not."""
    good, bad = _words(book)
    return Formula(f'=IF({condition},"{_quoted(good)}","{_quoted(bad)}")', good if holds else bad)


def failures(book: Book, last_row: int) -> str:
    """Return the text of a formula that counts the verdicts to be looked at down to a row."""
    cells = book.reference(Page.CHECKS, 0, RESULT, last_row, RESULT)
    return f'COUNTIF({cells},"{_quoted(_words(book)[1])}")'


def colour_verdicts(sheet: Worksheet, book: Book, last_row: int) -> None:
    """Show verdicts green or orange, as the formulas come out."""
    for word, style in zip(_words(book), ("good", "bad"), strict=True):
        rule = {"type": "cell", "criteria": "=", "value": f'"{_quoted(word)}"', "format": book.formats[style]}
        sheet.conditional_format(0, RESULT, last_row, RESULT, rule)


def _words(book: Book) -> tuple[str, str]:
    _ = book.translate
    return _("OK"), _("CHECK")


def _quoted(text: str) -> str:
    """Return a text as it stands between a formula's quotation marks."""
    return text.replace('"', '""')
