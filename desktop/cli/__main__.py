"""`python -m desktop.cli` is `agent-desktop`."""

import sys

from desktop.cli import main

sys.exit(main())
