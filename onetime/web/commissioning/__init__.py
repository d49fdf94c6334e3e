"""New chargers on the pages: whether they are let in, who was turned away, the address to enter."""
