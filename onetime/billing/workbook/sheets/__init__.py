"""The workbook's other sheets, a file a sheet."""
