"""What the registers tell besides the sums: jumps with place and time, energy without a session, main meters."""

from collections.abc import Callable, Sequence
from typing import Any

from xlsxwriter.worksheet import Worksheet

from onetime.billing.report import Connector, LostEnergy, MainMeter, RegisterJump
from onetime.billing.workbook.book import Book
from onetime.billing.workbook.cells import Cell, clock, kwh, put
from onetime.billing.workbook.checks.verdicts import WIDTHS
from onetime.billing.workbook.table import Column, put_header, put_record

Jump = tuple[Connector, RegisterJump]
Cells = Sequence[tuple[str, str, Callable[[Any], Cell]]]


def put_register_tables(sheet: Worksheet, book: Book, first_row: int) -> None:
    """Write the tables one below the other, each with its heading; none that would be empty."""
    _ = book.translate
    jumps = [(month.connector, jump) for month in book.report.connectors for jump in month.jumps]
    tables: Sequence[tuple[str, Cells, Sequence[Any]]] = (
        (_("Jumps of the registers"), _jumps(book), jumps),
        (_("Energy that flowed without a session"), _lost(book), book.report.lost),
        (_("Main meters and the sum of their connectors"), _main_meters(book), book.report.main_meters),
    )
    row = first_row
    for heading, cells, records in tables:
        if not records:
            continue
        columns = [
            Column(title, width, style, value) for width, (title, style, value) in zip(WIDTHS, cells, strict=False)
        ]
        put(sheet, row - 2, 0, heading, book.formats["heading"])
        put_header(sheet, book, row - 1, columns)
        for number, record in enumerate(records, row):
            put_record(sheet, book, number, columns, record)
        row += len(records) + 3


def _jumps(book: Book) -> Cells:
    _ = book.translate
    zone = book.report.period.zone

    def kind(jump: RegisterJump) -> str:
        return _("began again at zero") if jump.is_explained else _("not explained")

    return [
        (_("Connector"), "text", lambda each: each[0].label),
        ("", "result", lambda _each: None),
        (_("Charger"), "text", lambda each: each[0].charger_id),
        (_("Connector no."), "integer", lambda each: each[0].number),
        (_("Last read"), "moment", lambda each: clock(each[1].before.at, zone)),
        (_("Register, kWh"), "kwh", lambda each: kwh(each[1].before.register_wh)),
        (_("Read again"), "moment", lambda each: clock(each[1].after.at, zone)),
        (_("Register, kWh"), "kwh", lambda each: kwh(each[1].after.register_wh)),
        (_("Difference, kWh"), "kwh", lambda each: kwh(-each[1].energy_wh)),
        (_("Reason"), "text", lambda each: kind(each[1])),
    ]


def _lost(book: Book) -> Cells:
    _ = book.translate
    zone = book.report.period.zone

    def energy(each: LostEnergy) -> Cell:
        return kwh(each.energy_wh)

    return [
        (_("Connector"), "text", lambda each: each.connector.label),
        ("", "result", lambda _each: None),
        (_("Charger"), "text", lambda each: each.connector.charger_id),
        (_("Connector no."), "integer", lambda each: each.connector.number),
        (_("From"), "moment", lambda each: clock(each.begin.at, zone)),
        (_("Register, kWh"), "kwh", lambda each: kwh(each.begin.register_wh)),
        (_("Up to"), "moment", lambda each: clock(each.end.at, zone)),
        (_("Register, kWh"), "kwh", lambda each: kwh(each.end.register_wh)),
        (_("Energy, kWh"), "kwh", energy),
    ]


def _main_meters(book: Book) -> Cells:
    _ = book.translate
    zone = book.report.period.zone

    def kind(each: MainMeter) -> str:
        return _("agrees") if each.agrees else _("does not agree")

    return [
        (_("Charger"), "text", lambda each: each.charger_id),
        ("", "result", lambda _each: None),
        (_("Result"), "text", kind),
        ("", "text", lambda _each: None),
        (_("From"), "moment", lambda each: clock(each.first.at, zone)),
        (_("Register, kWh"), "kwh", lambda each: kwh(each.first.register_wh)),
        (_("Up to"), "moment", lambda each: clock(each.last.at, zone)),
        (_("Register, kWh"), "kwh", lambda each: kwh(each.last.register_wh)),
        (_("Main meter, kWh"), "kwh", lambda each: kwh(each.energy_wh)),
        (_("Connectors, kWh"), "kwh", lambda each: kwh(each.connectors_wh)),
    ]
