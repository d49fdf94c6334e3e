"""What open pages are told live, to whom it is sent, and whose pages they are."""
