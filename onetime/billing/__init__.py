"""From registers to a bill: pure functions over plain data, without database and clock."""
