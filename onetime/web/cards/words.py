"""Cards in the reader's words: what is said of those nobody knows, and of what the others may do."""

from onetime.texts import _

UNKNOWN = _("Who is this?")
UNKNOWN_MEANS = _("These cards were held to a charger and nobody knows them yet. They cannot charge.")

MAY_CHARGE = _("may charge")
BLOCKED = _("blocked")
EXPIRED = _("expired")
NO_TENANT = _("Nobody yet")
