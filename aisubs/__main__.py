"""`python -m aisubs`, the same as the command `aisubs`."""

import sys

from aisubs.cli import main

sys.exit(main())
