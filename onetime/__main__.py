"""``python -m onetime``: the command line."""

import sys

from onetime.cli import main

sys.exit(main())
