"""What the panel's tables have in common."""

from __future__ import annotations


def test_a_long_name_loses_its_end_and_not_all_words_but_the_first(slicer_host):
    """Of "posterior hippocampus" the label set and the list of regions showed "posterior …"."""
    from PySide6 import QtWidgets

    from DualNetSSLLib.panel.common.tables import select_rows

    table = QtWidgets.QTableWidget()
    assert table.wordWrap
    select_rows(table, row_height=20)
    assert not table.wordWrap
    table.deleteLater()
