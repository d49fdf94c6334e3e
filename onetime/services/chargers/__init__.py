"""A charger's life: boot, connectors, the live board, clock, settings, and commands to it."""
