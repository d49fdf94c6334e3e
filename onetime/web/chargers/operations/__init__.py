"""A charger's operations: what was asked, by whom, and how it ended."""
