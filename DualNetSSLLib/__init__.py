"""Everything the DualNetSSL module does that needs no widget: talk to the server, move volumes, find what to review.

Needs the standard library, requests, numpy and SimpleITK only, which 3D Slicer brings.
"""
