"""``python -m onetime.frontend``: build the pages unless they are current."""

import signal
import sys
from types import FrameType

from onetime.frontend.building import FrontendError, ensure_built


def _main() -> int:
    signal.signal(signal.SIGTERM, _stop)  # so that what the build has started ends with it
    try:
        ensure_built(lambda sentence: print(sentence, flush=True))  # noqa: T201 - a command line prints
    except FrontendError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line prints
        return 1
    return 0


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(_main())
