"""Charging sessions: starts, stops and which session a stop ends (``matching``), closing, history."""
