"""A charger's log: every message it said and was told."""
