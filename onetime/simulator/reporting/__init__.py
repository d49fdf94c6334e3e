"""What a simulated charger reports: meter readings, transactions, and the queue while it is offline."""
