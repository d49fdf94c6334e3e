"""What waits for a person's decision: listed, suggested, decided, undone."""
