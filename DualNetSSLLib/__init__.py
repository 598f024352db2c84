"""All that the module DualNetSSL of 3D Slicer runs: the client, the work that needs no widget, and the panel.

Needs the standard library, requests, numpy and SimpleITK only, which 3D Slicer brings; `panel` and `background.session`
also need Slicer itself.
"""
