"""Secret files: readable by nobody else from the first byte on, and whole after a power cut."""

import os
from pathlib import Path

from onetime.store.private_folder import FILE_MODE, private_folder


def write_secret(path: Path, content: bytes) -> None:
    """Write a file beside ``path`` and put it in its place."""
    private_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
