"""The workbook's sheet *Checks*: it counts again that all sums agree with the registers."""
