"""The command line's own error; no service is imported for it."""


class CommandLineError(Exception):
    """A command cannot be done as asked; the text says why."""

    status = 2
