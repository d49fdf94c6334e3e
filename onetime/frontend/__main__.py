"""``python -m onetime.frontend``: build the pages unless they are current."""

import sys

from onetime.frontend.building import FrontendError, ensure_built


def _main() -> int:
    try:
        ensure_built(lambda sentence: print(sentence, flush=True))  # noqa: T201 - a command line prints
    except FrontendError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command line prints
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
