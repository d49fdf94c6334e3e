"""Smart charging: which limits chargers were given, what they mean together, and how they come back after a reset."""
