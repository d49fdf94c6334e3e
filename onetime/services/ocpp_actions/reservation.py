"""Reservation profile: keep a connector free for a card until a time."""

from enum import StrEnum

from onetime.services.ocpp_actions.base import AcceptanceResponse, ConnectorOrAll, IdTag, Instant, Integer, Payload


class ReservationStatus(StrEnum):
    """Section 7.40."""

    ACCEPTED = "Accepted"
    FAULTED = "Faulted"
    OCCUPIED = "Occupied"
    REJECTED = "Rejected"
    UNAVAILABLE = "Unavailable"


class ReserveNow(Payload):
    """Section 6.37. Connector 0 reserves any one of them; the same reservation id replaces a reservation."""

    connector_id: ConnectorOrAll
    expiry_date: Instant
    id_tag: IdTag
    parent_id_tag: IdTag | None = None
    reservation_id: Integer


class ReserveNowResponse(Payload):
    """Section 6.38."""

    status: ReservationStatus


class CancelReservation(Payload):
    """Section 6.5."""

    reservation_id: Integer


class CancelReservationResponse(AcceptanceResponse):
    """Section 6.6."""
