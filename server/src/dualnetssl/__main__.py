"""``python -m dualnetssl``."""

import sys

from dualnetssl.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
