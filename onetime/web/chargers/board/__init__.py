"""The overview of all connectors, and the feed that sends what changes to open pages."""
