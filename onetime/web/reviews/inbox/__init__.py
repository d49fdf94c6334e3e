"""The list of what waits for a decision, and what was decided lately."""
