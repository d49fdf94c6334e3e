"""The button that uploads a firmware file, with its progress; drawn in the page by ``assets/upload.js``."""

from typing import Any

import reflex as rx

from onetime.web.frame import routes
from onetime.web.frame.texts.i18n import t


class FileUpload(rx.Component):
    """A choice of a file that is sent at once. ``on_done`` gets the number it is stored under."""

    library = "$/public/upload.js"
    tag = "FileUpload"

    address: rx.Var[str]
    texts: rx.Var[dict[str, str]]
    on_done: rx.EventHandler[rx.event.passthrough_event_spec(int)]  # type: ignore[type-arg, valid-type]  # Reflex reads it


def firmware_upload(on_done: Any) -> rx.Component:
    """Return the button for firmware."""
    texts = {
        "choose": t("Upload firmware"),
        "progress": t("Uploading {name}"),
        "cancel": t("Cancel"),
        "lost": t("The connection was lost while the file was on its way. Try again."),
    }
    return FileUpload.create(address=routes.FIRMWARE_UPLOAD, texts=texts, on_done=on_done)
