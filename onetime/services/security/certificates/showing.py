"""What an encrypted port shows: its certificates, and new ones before the old expire."""

import asyncio
import logging
import ssl
import time

from onetime.background import pass_finished
from onetime.services.security.certificates.server import Chain, ServerCertificates
from onetime.services.security.errors import AuthorityError, ServerCertificateError

logger = logging.getLogger(__name__)

CERTIFICATE_CHECK_S = 3_600.0


class ShownCertificates:
    """The certificates of one port, whose ``context`` shows ``chains`` at first."""

    def __init__(self, certificates: ServerCertificates, context: ssl.SSLContext, chains: list[Chain]) -> None:
        self._certificates = certificates
        self._context = context
        self._stamps = _stamps(chains)
        self._looked_at = time.monotonic()

    async def keep_renewed(self) -> None:
        """Show a new certificate before the old one expires, or when its files have been replaced.

        Work that died and is started again knows by ``_looked_at`` whether it is its turn.
        """
        while True:
            await asyncio.sleep(self._looked_at + CERTIFICATE_CHECK_S - time.monotonic())
            try:
                chains = await asyncio.to_thread(self._certificates.chains)
                if (stamps := _stamps(chains)) != self._stamps:
                    load_chains(self._context, chains)
                    self._stamps = stamps
                    logger.info("An encrypted port shows a new certificate.")
            except (AuthorityError, ServerCertificateError, OSError) as error:
                logger.warning("An encrypted port keeps its certificate for now: %s", error)
            self._looked_at = time.monotonic()
            pass_finished()


def load_chains(context: ssl.SSLContext, chains: list[Chain]) -> None:
    """Show these certificates from the next handshake on; open connections keep theirs."""
    for chain in chains:
        context.load_cert_chain(chain.certificate, chain.key)


def _stamps(chains: list[Chain]) -> list[int]:
    """Return when each file was changed last (ns)."""
    return [path.stat().st_mtime_ns for chain in chains for path in (chain.certificate, chain.key)]
