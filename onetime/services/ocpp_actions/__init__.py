"""What can be asked of a charger: each command of OCPP 1.6 as a typed payload, listed in ``table``."""
