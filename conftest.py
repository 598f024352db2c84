"""What only Slicer can import is not collected here; Testing/Python/panel/test_doctests.py runs its examples."""

collect_ignore_glob = ["DualNetSSLLib/panel/*"]
