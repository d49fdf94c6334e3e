"""A charger's first page: its connectors, what it is, how it measures, what it repairs."""
