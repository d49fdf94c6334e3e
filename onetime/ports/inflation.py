"""permessage-deflate (RFC 7692) that cannot be made to unpack a thousand times what was sent.

A read of 64 kB can hold sixty bombs that unpack to a megabyte each, and they are unpacked before anybody can be told
to wait. So what a frame may become depends on what it is.
"""

from collections.abc import Sequence

from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.frames import Frame
from websockets.typing import ExtensionParameter

from onetime.budgets import INFLATION, INFLATION_FLOOR


class BoundedDeflate(PerMessageDeflate):
    """Unpacks a frame to at most ``INFLATION`` times its size."""

    def decode(self, frame: Frame, *, max_size: int | None = None) -> Frame:
        """Return the frame unpacked. Raises ``PayloadTooBig``."""
        allowed = INFLATION * len(frame.data) + INFLATION_FLOOR
        return super().decode(frame, max_size=allowed if max_size is None else min(allowed, max_size))


class BoundedDeflateFactory(ServerPerMessageDeflateFactory):
    """Agrees to the extension as ``ServerPerMessageDeflateFactory`` does."""

    def process_request_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
        """Return what is answered, and the extension."""
        answer, agreed = super().process_request_params(params, accepted_extensions)
        return answer, BoundedDeflate(
            agreed.remote_no_context_takeover,
            agreed.local_no_context_takeover,
            agreed.remote_max_window_bits,
            agreed.local_max_window_bits,
            self.compress_settings,
        )
