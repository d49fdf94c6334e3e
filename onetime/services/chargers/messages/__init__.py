"""The log of raw OCPP messages, and what had to be repaired of them."""
