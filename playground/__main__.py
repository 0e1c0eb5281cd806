"""`python -m playground`. Spawned workers import this file again: it must stay empty of work."""

import sys

from playground.cli import main

if __name__ == "__main__":
    sys.exit(main())
