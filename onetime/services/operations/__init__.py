"""What operators ask of chargers in their own words; see ``base`` for what an operation is, ``table`` for which."""
