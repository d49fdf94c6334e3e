"""Months: closing them, what they were billed as, their reports, quarter-hours for scripts."""
