"""One doubtful item: why, the evidence, and the forms to decide."""
