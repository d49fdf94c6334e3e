"""What an address names, or a 404 that says what it does not."""

from fastapi import HTTPException, status

from onetime.services.chargers.live import LiveCharger
from onetime.services.runtime import Services


def known_charger(services: Services, charger_id: str) -> LiveCharger:
    """Return the charger of this OCPP identity, whatever its case, or answer 404."""
    charger = services.chargers.live.find(charger_id)
    if charger is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"No charger called {charger_id} has been in touch yet.")
    return charger
