"""The REST API: a router for each subject, put together in ``app``."""
