"""`python -m onetime.simulator`: the simulator without the rest of the product."""

import sys

from onetime.simulator.command_line import main

if __name__ == "__main__":
    sys.exit(main())
