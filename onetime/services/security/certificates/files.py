"""Secret files: readable by nobody else from the first byte on, and whole after a power cut."""

import os
from pathlib import Path

OWNER_ONLY = 0o600


def write_secret(path: Path, content: bytes, mode: int = OWNER_ONLY) -> None:
    """Write a file beside ``path`` and put it in its place."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
