"""Firmware Management profile: new firmware, and files for diagnosis."""

from onetime.services.ocpp_actions.base import Instant, Payload, Text255, Url, Whole


class GetDiagnostics(Payload):
    """Section 6.25: upload a file for diagnosis to a folder. ``retry_interval`` in seconds."""

    location: Url
    retries: Whole | None = None
    retry_interval: Whole | None = None
    start_time: Instant | None = None
    stop_time: Instant | None = None


class GetDiagnosticsResponse(Payload):
    """Section 6.26. Without a file name there is nothing to upload."""

    file_name: Text255 | None = None


class UpdateFirmware(Payload):
    """Section 6.55: fetch and install firmware from a time on. ``retry_interval`` in seconds."""

    location: Url
    retries: Whole | None = None
    retrieve_date: Instant
    retry_interval: Whole | None = None


class UpdateFirmwareResponse(Payload):
    """Section 6.56: the charger has heard it; what comes of it arrives as FirmwareStatusNotification."""
