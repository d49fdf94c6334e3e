"""The workbook's first sheet: the month at a glance, with its days."""
