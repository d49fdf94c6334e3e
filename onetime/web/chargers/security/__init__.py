"""A charger's security: profile, password, certificates, and what was noticed."""
