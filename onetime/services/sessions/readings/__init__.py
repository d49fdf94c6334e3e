"""A session's readings: whom they belong to, reading them back, thinning old ones."""
