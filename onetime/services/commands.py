"""Commands to chargers: what a person asks for, sent through whatever connects to chargers.

Errors a caller can see, each a sentence for the person who asked::

    CommandError
    ├── ChargerOfflineError        the charger is not connected
    ├── CommandTimedOutError       it did not answer in time
    ├── CommandRejectedError       it answered that it will not
    └── CommandFailedError         it answered with an error (OCPP CALLERROR)
"""

from typing import Any, Protocol

from onetime.models import Registration
from onetime.services.live import LiveBoard, LiveCharger, LiveConnector
from onetime.texts import _

REMOTE_ID_TAG_LIMIT = 20  # OCPP 1.6 edition 2, section 7.16: CiString20


class CommandError(Exception):
    """A command did not do what was asked."""


class ChargerOfflineError(CommandError):
    """The charger is not connected."""


class CommandTimedOutError(CommandError):
    """The charger did not answer in time."""


class CommandRejectedError(CommandError):
    """The charger answered that it will not."""


class CommandFailedError(CommandError):
    """The charger answered with an error. ``code`` is OCPP's."""

    def __init__(self, sentence: str, code: str) -> None:
        super().__init__(sentence)
        self.code = code


class ChargerPort(Protocol):
    """The way to chargers; the gateway implements it."""

    async def call(self, charger_id: int, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send one OCPP call and return the charger's answer.

        Raises ``ChargerOfflineError``, ``CommandTimedOutError`` or ``CommandFailedError``.
        """
        ...


class CommandService:
    """What a person can ask of a charger."""

    def __init__(self, live: LiveBoard, port: ChargerPort) -> None:
        self._live = live
        self._port = port

    async def start(self, connector_id: int, id_tag: str) -> None:
        """Ask a connector to start for a card (RemoteStartTransaction). Raises ``CommandError``."""
        connector = self._live.connector(connector_id)
        if connector.session is not None:
            msg = _("{label} is already charging.", label=connector.label)
            raise CommandRejectedError(msg)
        # Some chargers refuse a start that names no connector (Phoenix CHARX; ConnectorIO #332).
        payload = {"connectorId": connector.number, "idTag": id_tag[:REMOTE_ID_TAG_LIMIT]}
        await self._expect_accepted(connector.charger, "RemoteStartTransaction", payload)

    async def stop(self, connector_id: int) -> None:
        """Ask a connector to end its session (RemoteStopTransaction). Raises ``CommandError``."""
        connector = self._live.connector(connector_id)
        if connector.session is None:
            msg = _("Nothing is charging at {label}.", label=connector.label)
            raise CommandRejectedError(msg)
        payload = {"transactionId": connector.session.transaction_id}
        await self._expect_accepted(connector.charger, "RemoteStopTransaction", payload)

    async def reset(self, charger_id: int, *, hard: bool) -> None:
        """Ask a charger to restart, at once (hard) or after ending its sessions. Raises ``CommandError``."""
        payload = {"type": "Hard" if hard else "Soft"}
        await self._expect_accepted(self._live.charger(charger_id), "Reset", payload)

    async def ask_for(self, charger_id: int, message: str, connector: LiveConnector | None = None) -> None:
        """Ask a charger to send a message now (TriggerMessage). Raises ``CommandError``."""
        payload: dict[str, Any] = {"requestedMessage": message}
        if connector is not None:
            payload["connectorId"] = connector.number
        await self._expect_accepted(self._live.charger(charger_id), "TriggerMessage", payload)

    async def _expect_accepted(self, charger: LiveCharger, action: str, payload: dict[str, Any]) -> None:
        if charger.registration is not Registration.ACCEPTED and action != "TriggerMessage":
            msg = _("{identity} has not been accepted yet.", identity=charger.identity)
            raise CommandRejectedError(msg)
        answer = await self._port.call(charger.id, action, payload)
        status = str(answer.get("status", ""))
        if status != "Accepted":
            msg = _("{identity} answered “{status}”.", identity=charger.identity, status=status or "nothing")
            raise CommandRejectedError(msg)
