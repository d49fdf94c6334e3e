"""Routes that begin operations on a charger, wait for them and list them."""
