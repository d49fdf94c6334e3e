"""Many simulated chargers with drivers: their days, a past, and scenarios to play."""
