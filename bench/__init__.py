"""Measure what Onetime costs and how fast it answers. ``python -m bench`` prints it; nothing passes or fails."""
