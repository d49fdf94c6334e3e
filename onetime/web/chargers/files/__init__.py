"""A charger's files: firmware uploaded and installed, diagnostics fetched and opened."""
