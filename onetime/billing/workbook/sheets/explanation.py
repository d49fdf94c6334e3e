"""The last sheet: how to read the workbook, in plain sentences."""

from collections.abc import Sequence

from onetime.billing.workbook.book import LINE_HEIGHT, Book, Page
from onetime.billing.workbook.cells import put
from onetime.billing.workbook.table import line_count, put_title

WIDTH = 96
PARAGRAPH_GAP = 8


def write_explanation(book: Book) -> None:
    """Write the sheet of explanations."""
    _ = book.translate
    sheet = book.add_sheet(Page.EXPLANATION)
    sheet.set_portrait()
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, WIDTH)
    put_title(sheet, book, _("How to read this workbook"), f"{book.report.site_name}, {book.period_text()}")
    for row, (subject, text) in enumerate(_paragraphs(book), 3):
        sheet.set_row(row, line_count(text, WIDTH) * LINE_HEIGHT + PARAGRAPH_GAP)
        put(sheet, row, 0, subject, book.formats["subject"])
        put(sheet, row, 1, text, book.formats["paragraph"])


def _paragraphs(book: Book) -> Sequence[tuple[str, str]]:
    _ = book.translate
    return [
        (
            _("Energy of a session"),
            _("The meter's register at the end less the register at the start: exact, whatever its quality says."),
        ),
        (
            _("Quarter-hours"),
            _(
                "Each session is cut at the full quarter-hours. The register at a cut is read off the straight line "
                "between the readings before and after it, so the quarter-hours of a session add up to its energy "
                "to the watt-hour."
            ),
        ),
        (
            _("Quality"),
            _(
                "Says how well it is known in which quarter-hour the energy flowed. Measured: there is a reading "
                "within a minute of both ends. Estimated: the energy flowed in a gap of more than 30 minutes between "
                "two readings. Interpolated: everything between the two. Provisional: the session is still going on. "
                "Corrected: changed by a person."
            ),
        ),
        (
            _("General"),
            _(
                "What a meter counted between two sessions, by the readings that came then. It belongs to the house, "
                "so that sessions and general energy together are what the meters counted. What rose like a charging "
                "car is listed in the checks: the session may be lost."
            ),
        ),
        (
            _("Start and end of the period"),
            _(
                "A session that goes on across the start or end of the period is cut there. The two parts add up to "
                "the session."
            ),
        ),
        (
            _("Times"),
            _(
                "Times are those of the property's clock, with the distance to UTC beside them. When summer time ends, "
                "an hour comes twice: that day has 100 quarter-hours, and 92 when summer time begins."
            ),
        ),
        (
            _("Not assigned"),
            _("Sessions with a card that belongs to no tenant yet. They are in all sums, in a row of their own."),
        ),
        (
            _("Under review"),
            _(
                "Sessions whose start and end contradict each other. They are in no sum until a person has looked at "
                "them; the sheet of checks lists them."
            ),
        ),
        (
            _("Corrections of closed months"),
            _(
                "A closed month does not change any more. What becomes known about its sessions later is the "
                "difference listed here: to be added to, or taken off, what was billed then."
            ),
        ),
        (
            _("Register jumps"),
            _(
                "Some chargers count from zero in every session. Such steps are no energy; they are taken out of the "
                "difference between the registers. Any other step is listed with its place and time, and its check "
                "fails until somebody has explained it: a new meter, or sessions that overlap."
            ),
        ),
        (
            _("Checks"),
            _("Every sum is found a second way by a formula. What does not agree, or needs a person, shows in orange."),
        ),
    ]
