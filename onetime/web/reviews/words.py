"""What was decided about an item, in the reader’s words. Why it waits is said in ``services.sessions.doubts.words``."""

from onetime.texts import Text, _

RESOLUTIONS: dict[str, Text] = {
    "accepted": _("Accepted as measured"),
    "corrected": _("Corrected"),
    "assigned": _("Assigned"),
    "matched": _("Matched to a session"),
    "discarded": _("Discarded"),
    "made": _("Made into a session"),
}
