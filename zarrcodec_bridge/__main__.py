"""``python -m zarrcodec_bridge``: the command line."""

import sys

from zarrcodec_bridge.cli import main

if __name__ == "__main__":
    sys.exit(main())
