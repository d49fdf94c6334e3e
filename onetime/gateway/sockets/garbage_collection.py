"""Let Python look for reference cycles rarely: hardly any arise here, and each look stops every charger's answer."""

import gc

NEW_OBJECTS = 50_000  # between two looks, instead of 700; some megabytes at the most
YOUNG_LOOKS = 10
ALL_LOOKS = 10


def look_for_cycles_rarely() -> None:
    """Set aside what has been loaded by now, which stays anyway, and look at the rest rarely."""
    gc.freeze()  # without a look before, which would find next to nothing and cost a tenth of a second
    gc.set_threshold(NEW_OBJECTS, YOUNG_LOOKS, ALL_LOOKS)
