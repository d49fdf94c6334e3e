"""What drives a house in these tests: chargers of every kind, scripts, operators, and processes that end it."""
