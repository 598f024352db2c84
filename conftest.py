"""What only Slicer can import is not collected here; Testing/Python/test_panel_doctests.py runs its examples."""

collect_ignore_glob = ["DualNetSSLLib/panel/*.py", "DualNetSSLLib/scene.py"]
