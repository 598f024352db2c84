"""Files of volumes: what is in them, which of a folder is whose, and what was noticed; numpy and nothing heavier.

The command line, the server's inspector and the panel's background process read files by this room, so that all three
take the same file for the same. It knows no records of the wire, as Slicer's Python has no library for them.
"""
