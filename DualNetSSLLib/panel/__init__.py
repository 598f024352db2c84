"""The panel, one file a section: only these files, `session` and `scene` know of Qt and of 3D Slicer.

A section is made with ``Section(context, ui)``, follows `PanelContext.state` and ends with ``close()``; `panel.Panel`
has them all.
"""
