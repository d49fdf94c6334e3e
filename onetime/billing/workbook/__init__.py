"""The month as an Excel workbook. It imports XlsxWriter: import it only in the process that makes a report."""

from onetime.billing.workbook.writer import write_workbook

__all__ = ["write_workbook"]
