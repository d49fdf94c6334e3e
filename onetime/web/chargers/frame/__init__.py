"""What all pages of a charger share: head, tabs, notices, and operations as they run."""
