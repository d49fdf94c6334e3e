"""Routes for chargers, any OCPP command to them, and their messages."""
