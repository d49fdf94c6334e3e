"""Chromium as the tests drive it: the one scripts/test found, else the system's, else Playwright's own."""

import os
import shutil
from typing import Any

# Nothing of the browser's own may go to the network.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def launch_options() -> dict[str, Any]:
    """Return what ``chromium.launch`` is given."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    return {"args": ARGUMENTS} | ({"executable_path": path} if path else {})
