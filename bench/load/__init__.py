"""Many chargers in one process: raw sockets, so that the load costs less than what it loads."""
