"""The page *Billing*: choose a month, make its workbook, close it."""
