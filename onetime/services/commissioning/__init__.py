"""Which new chargers are let in, until when, and who knocked in vain."""
