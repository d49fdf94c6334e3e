"""The sheet of charging sessions: one row each, with its registers, filterable, summed over what is shown."""

from onetime.billing.intervals import RANK
from onetime.billing.report import SessionLine
from onetime.billing.workbook.book import Book, Page
from onetime.billing.workbook.cells import Formula, clock, kwh, put, utc_offset
from onetime.billing.workbook.table import Column, put_header, put_record, put_title
from onetime.billing.workbook.words import quality_names, stop_reasons, tenant_name

SUM_ROW = 2
HEADER_ROW = 3
FIRST_ROW = 4


def write_sessions(book: Book) -> None:
    """Write the sheet of sessions."""
    _ = book.translate
    sheet = book.add_sheet(Page.SESSIONS)
    columns = session_columns(book)
    put_title(sheet, book, _("Charging sessions"), f"{book.report.site_name}, {book.period_text()}")
    for number in range(len(columns)):
        put(sheet, SUM_ROW, number, None, book.formats["sum"])
    put(sheet, SUM_ROW, 0, _("Sum of the rows shown"), book.formats["sum"])
    sums = {"energy": book.report.session_wh, "measured": sum(line.measured_wh for line in book.report.sessions)}
    for key, energy_wh in sums.items():
        formula = Formula(f"=SUBTOTAL(109,{column_range(book, key)})", kwh(energy_wh))
        put(sheet, SUM_ROW, list(columns).index(key), formula, book.formats["sum_kwh"])
    put_header(sheet, book, HEADER_ROW, list(columns.values()))
    for row, line in enumerate(book.report.sessions, FIRST_ROW):
        put_record(sheet, book, row, list(columns.values()), line)
        book.advance(1, _("Sessions"))
    if not book.report.sessions:
        put(sheet, FIRST_ROW, 0, _("No charging sessions in this period."), book.formats["note"])
    sheet.autofilter(HEADER_ROW, 0, _last_row(book), len(columns) - 1)
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.repeat_rows(HEADER_ROW)


def column_range(book: Book, key: str) -> str:
    """Return the address of a column's cells, for the formulas of other sheets."""
    column = list(session_columns(book)).index(key)
    return book.reference(Page.SESSIONS, FIRST_ROW, column, _last_row(book), column)


def session_columns(book: Book) -> dict[str, Column[SessionLine]]:
    """Return the sheet's columns by key, from left to right."""
    _ = book.translate
    zone, qualities, reasons = book.report.period.zone, quality_names(_), stop_reasons(_)
    return {
        "id": Column(_("Session"), 10, "integer", lambda line: line.transaction_id),
        "spot": Column(_("Spot"), 12, "text", lambda line: line.connector.spot),
        "charger": Column(_("Charger"), 18, "text", lambda line: line.connector.charger_id),
        "connector": Column(_("Connector"), 10, "integer", lambda line: line.connector.number),
        "tenant_number": Column(_("Tenant no."), 8, "integer", lambda line: book.tenant_number[line.tenant]),
        "tenant": Column(_("Tenant"), 28, "wrapped", lambda line: tenant_name(line.tenant, _)),
        "card": Column(_("Card"), 12, "text", lambda line: line.card),
        "started": Column(_("Started"), 17, "moment", lambda line: clock(line.started, zone)),
        "offset": Column(_("UTC offset"), 8, "text", lambda line: utc_offset(line.started, zone)),
        "stopped": Column(_("Ended"), 17, "moment", lambda line: line.stopped and clock(line.stopped, zone)),
        "duration": Column(
            _("Duration h:mm"), 10, "duration", lambda line: line.stopped and line.stopped - line.started
        ),
        "meter_start": Column(_("Register at start, kWh"), 15, "kwh", lambda line: kwh(line.meter_start_wh)),
        "meter_stop": Column(_("Register at end, kWh"), 15, "kwh", lambda line: kwh(line.meter_stop_wh)),
        "energy": Column(_("Energy in this period, kWh"), 15, "kwh", lambda line: kwh(line.energy_wh)),
        "measured": Column(_("of which measured, kWh"), 15, "kwh", lambda line: kwh(line.measured_wh)),
        "quality": Column(
            _("Lowest quality"), 14, "text", lambda line: qualities[max(line.by_quality, key=RANK.__getitem__)]
        ),
        "reason": Column(
            _("How it ended"),
            22,
            "text",
            lambda line: line.stop_reason and reasons.get(line.stop_reason, line.stop_reason),
        ),
        "note": Column(_("Note"), 34, "wrapped", lambda line: _note(book, line)),
    }


def _note(book: Book, line: SessionLine) -> str | None:
    _ = book.translate
    notes = {
        _("still charging"): line.stopped is None,
        _("started before this period"): line.starts_before_period,
        _("goes on after this period"): line.ends_after_period,
        _("more power than the connector delivers"): line.is_implausibly_fast,
        _("end estimated from the last reading"): line.is_end_estimated and not line.is_end_accepted,
        _("end estimated from the last reading, accepted"): line.is_end_accepted,
        _("times corrected: the charger's clock was wrong"): line.is_time_corrected,
        _("corrected by a person"): line.is_corrected,
        _("waits in the review inbox ({reasons})").format(reasons=_doubts(book, line)): bool(line.open_doubts),
        f"“{line.note}”": bool(line.note),
    }
    return ", ".join(note for note, applies in notes.items() if applies) or None


def _doubts(book: Book, line: SessionLine) -> str:
    names = book.report.doubt_names
    return "; ".join(book.translate(names.get(key, key)) for key in line.open_doubts)


def _last_row(book: Book) -> int:
    return FIRST_ROW + max(len(book.report.sessions), 1) - 1
