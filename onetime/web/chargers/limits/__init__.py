"""A charger's limits: what was asked, what applies, and what it may draw over the next hours."""
