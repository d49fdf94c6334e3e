"""Looks for what contradicts itself: in ended sessions, late readings, energy between sessions."""
