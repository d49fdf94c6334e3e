"""Billing, as the rest of the house reaches it."""

from onetime.services.billing.closed_months import ClosedMonthService
from onetime.services.billing.reports import ReportService
from onetime.services.foundation import Foundation, Subject


class BillingServices(Subject):
    """Months that are closed, and their sheets."""

    def __init__(self, base: Foundation) -> None:
        self.closed_months = ClosedMonthService(base.database)
        self.reports = ReportService(base.database, base.settings.data_dir / "reports")
