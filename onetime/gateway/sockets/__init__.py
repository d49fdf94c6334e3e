"""Chargers' sockets: opened, let in, kept alive; TLS; and one call at a time to each charger."""
