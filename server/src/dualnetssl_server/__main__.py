"""``python -m dualnetssl_server``."""

import sys

from dualnetssl_server.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
