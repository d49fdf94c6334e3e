"""Onetime: self-hosted charging station management for the parking lots of multi-family homes."""

__version__ = "0.1.0"
