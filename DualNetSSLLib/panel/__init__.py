"""The panel, one room a section: only this folder and `background.session` know of Qt and of 3D Slicer.

A section is made with ``Section(context, ui)``, follows `PanelContext.state` and ends with ``close()``; `panel.Panel`
has them all.
"""
