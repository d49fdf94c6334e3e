"""Chargers' security: who is let in and how (``admission``), profiles, certificates, events."""
