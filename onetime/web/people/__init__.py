"""The first run, which names the house and its administrator, and the login."""
