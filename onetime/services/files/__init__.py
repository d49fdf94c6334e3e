"""Firmware and diagnostics: stored with a limit, looked into, and on their way to and from chargers."""
