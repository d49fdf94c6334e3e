"""Routes for a charger's security, the house's certificates, and security events."""
