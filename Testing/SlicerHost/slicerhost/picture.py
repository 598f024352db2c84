"""A Qt widget that shows what an offscreen window rendered last."""

from __future__ import annotations

from PySide6 import QtGui, QtWidgets

from .probe import can_render


class PictureWidget(QtWidgets.QLabel):
    """Shows a view's picture; a resize reaches the view. Without OpenGL it stays empty."""

    def __init__(self, view, parent=None):
        super().__init__(parent)
        self._view = view
        self.setMinimumSize(64, 64)
        self.setSizePolicy(QtWidgets.QSizePolicy.Ignored, QtWidgets.QSizePolicy.Ignored)

    def resizeEvent(self, event):
        self._view.resize(self.width, self.height)

    def forceRender(self):
        if not can_render():
            return
        image = self._view.grab()
        height, width, _ = image.shape
        picture = QtGui.QImage(image.tobytes(), width, height, 3 * width, QtGui.QImage.Format_RGB888)
        self.setPixmap(QtGui.QPixmap.fromImage(picture))

    def scheduleRender(self):
        self.forceRender()

    def renderWindow(self):
        return self._view.window
