"""Charging profiles in the reader’s words: what they are for, and when they hold."""

from onetime.texts import Text, _

PURPOSES: dict[str, Text] = {
    "ChargePointMaxProfile": _("The whole charger"),
    "TxDefaultProfile": _("Every session"),
    "TxProfile": _("The running session"),
}

KINDS: dict[str, Text] = {
    "Absolute": _("by the clock"),
    "Relative": _("from the start of charging"),
    "Recurring": _("again and again"),
}
