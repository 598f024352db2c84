"""What pytest leaves alone.

What only Slicer can import (Testing/Python/panel/test_doctests.py runs its examples), and what needs a former version.
"""

collect_ignore_glob = ["DualNetSSLLib/panel/*", "server/tests/former/make.py"]
