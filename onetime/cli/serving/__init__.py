"""The pages beside the chargers: built, imported and served, on a plain and an encrypted port."""
