"""Chargers' passwords: their strength, how they are stored and compared, how often one may try."""
