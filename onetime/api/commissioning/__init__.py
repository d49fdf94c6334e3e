"""Routes for who knocked, and until when new chargers are let in."""
