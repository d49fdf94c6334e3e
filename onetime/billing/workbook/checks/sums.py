"""Checks over the whole report: sums that have to agree, and counts that should be nought."""

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from onetime.billing.periods import quarter_hour_count
from onetime.billing.registers.readings import ReviewReason
from onetime.billing.workbook.book import Book
from onetime.billing.workbook.cells import Formula, kwh, put
from onetime.billing.workbook.checks import connectors as connector_checks
from onetime.billing.workbook.checks.verdicts import RESULT, verdict
from onetime.billing.workbook.sheets import corrections, load_profile, sessions, tenants

FOUND, EXPECTED, DIFFERENCE = 2, 3, 4


@dataclass(frozen=True, slots=True)
class Check:
    """Two numbers that have to be equal; either may be a formula. `style` names their cell format."""

    label: str
    style: str
    found: Formula | int
    expected: Formula | int

    @property
    def difference(self) -> float:
        """Return how far the two are apart, to the Wh."""
        return round(_number(self.found) - _number(self.expected), 3)


def put_sum_checks(sheet: Worksheet, book: Book, first_row: int) -> None:
    """Write the table of checks with its heading above it."""
    _ = book.translate
    formats = book.formats
    headings = [_("Check"), _("Result"), _("Found"), _("Expected"), _("Difference")]
    headers = ["header", "header_center", "header_right", "header_right", "header_right"]
    for column, (heading, style) in enumerate(zip(headings, headers, strict=True)):
        put(sheet, first_row - 1, column, heading, formats[style])
    for row, check in enumerate(sum_checks(book), first_row):
        found, expected = xl_rowcol_to_cell(row, FOUND), xl_rowcol_to_cell(row, EXPECTED)
        is_nought = f"{xl_rowcol_to_cell(row, DIFFERENCE)}=0"
        put(sheet, row, 0, check.label, formats["text"])
        put(sheet, row, RESULT, verdict(book, is_nought, check.difference == 0), formats["result"])
        put(sheet, row, FOUND, check.found, formats[check.style])
        put(sheet, row, EXPECTED, check.expected, formats[check.style])
        put(sheet, row, DIFFERENCE, Formula(f"=ROUND({found}-{expected},3)", check.difference), formats[check.style])


def sum_checks(book: Book) -> Sequence[Check]:
    """Return the checks, sums first."""
    return [*_energies(book), *(_corrections(book) if book.report.corrections else ()), *_counts(book)]


def _energies(book: Book) -> list[Check]:
    _ = book.translate
    report = book.report
    tenants_wh = sum(total.energy_wh for total in report.tenants)
    profile_wh = sum(sum(month.energy_wh) for month in report.connectors)
    house_wh = sum(report.house_wh)
    registers_wh = sum(connector_checks.register_difference_wh(month) for month in report.connectors)
    total, house = (load_profile.sum_cell(book, column) for column in (load_profile.TOTAL, load_profile.HOUSE))
    of_sessions = Formula(f"=SUM({sessions.column_range(book, 'energy')})", kwh(report.session_wh))
    of_tenants = Formula(f"=SUM({tenants.energy_range(book)})", kwh(tenants_wh))
    of_profile = Formula(f"={total}-{house}", kwh(profile_wh))
    of_everything = Formula(f"={total}", kwh(profile_wh + house_wh))
    of_registers = Formula(f"=SUM({connector_checks.difference_range(book)})", kwh(registers_wh))
    return [
        Check(_("Sessions = tenants, kWh"), "kwh", of_sessions, of_tenants),
        Check(_("Sessions = load profile of the connectors, kWh"), "kwh", of_sessions, of_profile),
        Check(_("Load profile with general = meter registers, kWh"), "kwh", of_everything, of_registers),
    ]


def _corrections(book: Book) -> list[Check]:
    """Return the check that every correction is somebody's: a tenant's, nobody's yet, or the house's."""
    _ = book.translate
    house_wh = sum(line.energy_wh for line in book.report.corrections if line.is_house)
    numbers, energy = corrections.tenant_range(book), corrections.energy_range(book)
    of_tenants = Formula(
        f'=SUM({tenants.corrections_range(book)})+SUMPRODUCT(({numbers}="")*{energy})',
        kwh(sum(tenants.corrections_wh(book).values()) + house_wh),
    )
    of_all = Formula(f"=SUM({energy})", kwh(corrections.total_wh(book)))
    return [Check(_("Corrections = tenants and general, kWh"), "kwh", of_all, of_tenants)]


def _counts(book: Book) -> list[Check]:
    _ = book.translate
    report = book.report
    quarter_hours = quarter_hour_count(report.period)
    counted = Formula(f"=COUNT({load_profile.moment_range(book)})", len(report.house_wh))
    unassigned = Formula(
        f"=COUNTIFS({sessions.column_range(book, 'tenant_number')},0)",
        sum(line.tenant is None for line in report.sessions),
    )
    disagree = sum(not meter.agrees for meter in report.main_meters)
    jumps = sum(month.unexplained_jumps for month in report.connectors)
    too_fast = sum(line.is_implausibly_fast for line in report.sessions)
    still_open = sum(line.stopped is None for line in report.sessions)
    estimated = sum(line.is_end_estimated and not line.is_end_accepted for line in report.sessions)
    corrected_times = sum(line.is_time_corrected for line in report.sessions)
    in_doubt = sum(bool(line.open_doubts) for line in report.sessions)
    under_review = sum(line.reason is not ReviewReason.DISCARDED for line in report.reviews)
    return [
        Check(_("Quarter-hours in the load profile"), "count", counted, quarter_hours),
        Check(_("Sessions nobody is assigned to"), "count", unassigned, 0),
        Check(_("Sessions under review, in no sum"), "count", under_review, 0),
        Check(_("Sessions still charging"), "count", still_open, 0),
        Check(_("Sessions whose end was estimated and not accepted"), "count", estimated, 0),
        Check(_("Sessions whose charger had a wrong clock"), "count", corrected_times, 0),
        Check(_("Sessions in the sums that wait in the review inbox"), "count", in_doubt, 0),
        Check(_("Sessions with more power than their connector delivers"), "count", too_fast, 0),
        Check(_("Jumps of a register nobody has explained"), "count", jumps, 0),
        Check(_("Energy that flowed without a session, times"), "count", len(report.lost), 0),
        Check(_("Main meters that do not agree with their connectors"), "count", disagree, 0),
    ]


def _number(cell: Formula | int) -> float:
    return float(cell.value) if isinstance(cell, Formula) else cell
