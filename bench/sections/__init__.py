"""What is measured: a section a module, each with its ``TITLE`` and its ``measure``."""
