"""The port chargers connect to, OCPP 1.6J and nothing else; ``server`` is its middle."""
