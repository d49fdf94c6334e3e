"""Operations, as the rest of the house reaches them."""

from onetime.services.cards.entry import CardServices
from onetime.services.chargers.entry import ChargerServices
from onetime.services.files.entry import FileServices
from onetime.services.foundation import Foundation
from onetime.services.operations.service import OperationService
from onetime.services.operations.tools import Tools
from onetime.services.security.entry import SecurityServices


def operation_service(
    base: Foundation, files: FileServices, cards: CardServices, chargers: ChargerServices, security: SecurityServices
) -> OperationService:
    """Return the service that begins and follows operations, with what they work with."""
    return OperationService(
        Tools(
            settings=base.settings,
            database=base.database,
            bus=base.bus,
            live=chargers.live,
            chargers=chargers.life,
            commands=chargers.commands,
            remote_tags=cards.remote_tags,
            files=files.store,
            transfers=files.transfers,
            logins=security.logins,
            security_desk=security.desk,
            authority=security.authority,
            server_certificates=security.server_certificates,
        ),
        base.background.once,
    )
