"""Chromium as the tests drive it: the one scripts/test found, else the system's, else Playwright's own."""

import os
import shutil
from typing import Any

# A name that leads here, which browsers trust less than this computer's own address: as one on any house's network.
INSECURE_HOST = "onetime.local"

# Nothing of the browser's own may go to the network.
ARGUMENTS = [
    f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1",
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
