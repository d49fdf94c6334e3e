"""What a charger says: normalised, written down, decoded, handed to a service, answered. No sockets here."""
